# A running curfew, asked by its users: why, stay, status; what one-off commands do is in its journal.
mkdir -m 700 /var/lib/curfew
ln -s /build/curfew /usr/bin/curfew
log_on ana ana
log_on bruno bruno
ana=$(id_of ana) bruno=$(id_of bruno)
cat >/box/curfew.lua <<'LUA'
dry_run  = false
policies = { { "/box/policies/idle.lua", limit = "30m", stay = "1h" } }
LUA
start_curfew --config /box/curfew.lua
until [ -S /run/curfew/control ]; do sleep 0.1; done # it listens before it has listed its sessions
until curfew why "$ana" >/box/why 2>&1; do sleep 0.1; done
grep -q 'waits until the session has been idle for long' /box/why || fail "why says: $(cat /box/why)"
curfew status >/box/status || fail "status: $(cat /box/status)"
grep -q 'idle .* at work, 2 sessions' /box/status || fail "status says: $(cat /box/status)"

# Everybody for their own, nobody for another's.
type_in ana "curfew why $ana | head -n 1 | cut -d' ' -f 1-4"
shows ana 'Session '"$ana"' of ana'
type_in ana "curfew why $bruno; echo why-\$?"
shows ana "somebody else's"
shows ana why-1
type_in ana 'curfew stay 20m | tail -n 1 | tr -s " "'
shows ana 'idle leaves it alone for 20 minutes'
type_in ana 'curfew status; echo status-$?'
shows ana status-1
type_in ana "curfew stay --session $bruno; echo stay-\$?"
shows ana stay-1
curfew journal --what extend --json | grep -q "\"session\":\"$ana\"" || fail "stay is not journalled"

# A command's deed and its outcome.
curfew msg "$bruno" 'Lunch is served' || fail msg
curfew logoff "$bruno" || fail logoff
until curfew journal --session "$bruno" --json | grep -q '"what":"ended"'; do sleep 0.1; done
curfew journal --session "$bruno" --json >/box/read
grep -q '"what":"tell".*said by root: Lunch is served' /box/read || fail "msg is not journalled: $(cat /box/read)"
grep -q '"what":"logoff".*said by root: logoff' /box/read || fail "logoff is not journalled: $(cat /box/read)"
[ "$(grep '"what":"logoff"' /box/read | grep -o '"decision":[0-9]*')" = \
    "$(grep '"what":"ended"' /box/read | grep -o '"decision":[0-9]*')" ] || fail "two decisions: $(cat /box/read)"
curfew why "$bruno" | grep -q "Session $bruno of bruno has ended" || fail "$(curfew why "$bruno" 2>&1)"
stop_curfew
