# The host's time zone is set, and tzdata upgraded, under a running curfew: it sees both at once. A link that leads nowhere
# keeps it from starting, and not from going on.
zones=/usr/share/zoneinfo
mkdir -p $zones/Etc
link() { ln -s "$1" /etc/localtime.new && mv -T /etc/localtime.new /etc/localtime; }
cat >/box/curfew.lua <<'LUA'
policies = { { "/box/policies/after-hours.lua" } }
LUA
[ -f $zones/Asia/Tokyo ] || { echo "no tzdata here"; exit 77; }
cp $zones/Asia/Tokyo $zones/Etc/Here
link $zones/Etc/Here
start_curfew --config /box/curfew.lua
until grep -q "at work" /box/curfew; do sleep 0.05; done
link $zones/Europe/Berlin
journal '"what":"afresh"' "time zones are other ones: the host's own"
cp $zones/Asia/Kolkata $zones/Europe/Berlin.new && mv $zones/Europe/Berlin.new $zones/Europe/Berlin
until [ "$(grep -c "time zones are other ones" /box/journal)" = 2 ]; do sleep 0.05; done
link /nowhere
journal '"what":"failed"' 'the time zone in force stays in force: /etc/localtime leads to /nowhere'
stop_curfew
code=0
timeout 20 /build/curfew run --config /box/curfew.lua >/box/said 2>&1 || code=$?
[ "$code" = 1 ] || fail "it starts all the same: $code $(cat /box/said)"
grep -q 'install tzdata' /box/said || fail "it says: $(cat /box/said)"
