# Somebody has scribbled over the journal: it is set aside as it is, which is said, and a new one is begun.
mkdir -m 700 /var/lib/curfew
log_on ana ana
ana=$(id_of ana)
sessions_aged 7200
touch -a -d '1 hour ago' "$(terminal_of ana)"
cat >/box/curfew.lua <<'LUA'
dry_run  = false
policies = { { "/box/policies/idle.lua", limit = "30m", warnings = { "6s", "4s" } } }
limits = { notice = "3s" }
LUA
start_curfew --config /box/curfew.lua
on_disk 1 'in 6 seconds.'
kill_curfew
head -c 10000 /dev/urandom >/var/lib/curfew/journal.db
rm -f /var/lib/curfew/journal.db-wal # or SQLite might make the journal whole again from it
cp /var/lib/curfew/journal.db /box/spoilt
start_curfew --config /box/curfew.lua
grep -qF -m 1 'the journal was set aside as /var/lib/curfew/journal.db.aside-1' <(timeout 20 tail -c +1 -f /box/curfew) ||
    fail "curfew does not say so: $(cat /box/curfew)"
cmp /box/spoilt /var/lib/curfew/journal.db.aside-1 || fail "it is not as it was"
grep -qE -m 1 '"what":"ended"' <(timeout 60 /build/curfew journal --follow --json --session "$ana") || fail "ana is not ended"
stop_curfew
[[ $(/build/curfew journal --json | head -n 1) == *'set aside as'* ]] || fail "not in the new journal: $(/build/curfew journal)"
row=$(/build/curfew journal --json --session "$ana" | sed -E 's/.*in ([64]) seconds.*/\1/; s/.*"what":"logoff".*/L/; s/.*"what":"ended".*/O/' | tr -d '\n')
[ "$row" = 64LO ] || fail "$row: $(/build/curfew journal)"
