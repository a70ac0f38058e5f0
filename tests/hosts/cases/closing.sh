# on: bookworm trixie
# A session whose terminal went with its logoff and whose processes ignore it is ended by force, and the journal says so;
# where curfew is killed meanwhile, it says so as soon as the session has ended.
log_on ana ana
log_on bruno bruno
for label in ana bruno; do
  type_in $label "nohup setsid bash -c 'trap \"\" TERM HUP; echo deaf >/tmp/deaf-$label; while :; do sleep 1000; done' >/dev/null 2>&1 &"
  grep -qF -m 1 deaf <(timeout 10 tail -F /tmp/deaf-$label 2>/dev/null)
done
ana=$(id_of ana) bruno=$(id_of bruno)
sessions_aged 7200
for label in ana bruno; do touch -a -d '1 hour ago' "$(terminal_of $label)"; done
mkdir -m 700 /var/lib/curfew
configure() { # USER ENDS
  cat >/box/curfew.lua <<LUA
dry_run  = false
policies = { { "/box/policies/idle.lua", limit = "30m", warnings = { "4s" }, only = { users = { "$1" } } } }
limits = { notice = "3s", ends = "$2" }
LUA
}
configure ana 2s
start_curfew --config /box/curfew.lua
journal '"what":"force"' "\"session\":\"$ana\""
journal '"what":"ended"' "\"session\":\"$ana\""
[ "$(processes_of ana)" = 0 ] || fail "left of ana: $(ps -u ana)"
stop_curfew

configure bruno 10m
start_curfew --config /box/curfew.lua
on_disk 2 '"what":"logoff"'
timeout 20 bash -c "until loginctl show-session $bruno -p State | grep -q closing; do sleep 0.1; done" || fail "bruno's session is not closing"
kill_curfew
start_curfew --config /box/curfew.lua
pkill -KILL -u bruno
grep -qE -m 1 '"what":"ended"' <(timeout 30 /build/curfew journal --follow --json --session "$bruno") || fail "bruno's end is not told"
stop_curfew
rows=$(/build/curfew journal --json --session "$bruno" | grep -c '"what":"failed"') || true
[ "$rows" = 0 ] || fail "it was said to have failed: $(/build/curfew journal)"
