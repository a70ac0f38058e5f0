# curfew itself, with the shipped idle policy: who is idle is warned and logged off; everybody else stays.
log_on ana ana
log_on bruno bruno
log_on root root
log_on_plain carol 'exec sleep 1000'
type_in ana 'nohup setsid sleep 1001 >/dev/null 2>&1 & echo left-$((1 + 1))'
shows ana left-2
ana=$(id_of ana) bruno=$(id_of bruno) carol=$(id_of carol) root=$(id_of root)
sessions_aged 7200
for label in ana bruno root; do touch -a -d '1 hour ago' "$(terminal_of $label)"; done

cat >/box/curfew.lua <<'LUA'
dry_run  = false
policies = {
  { "/box/policies/idle.lua", limit = "30m", warnings = { "6s", "4s" }, except = { users = { "daniel" } } },
  { "/box/policies/idle.lua", name = "short", limit = "5s", warnings = { "4s" }, only = { users = { "daniel" } } },
}
limits = { notice = "3s" }
LUA
start_curfew --config /box/curfew.lua

# bruno types during the countdown.
shows bruno 'No activity: you will be logged off in 6 seconds.'
type_in bruno 'echo typed-$((1 + 1))'
shows bruno typed-2
shows bruno 'You stay logged on.'
shows ana 'No activity: you will be logged off in 6 seconds.'
shows ana 'No activity: you will be logged off in 4 seconds.'

# daniel comes while curfew is at work, and leaves the terminal alone.
log_on daniel daniel
daniel=$(id_of daniel)

journal '"what":"ended"' "\"session\":\"$ana\""
[ "$(processes_of ana)" = 0 ] || fail "left of ana: $(ps -u ana)"
[ -z "$(id_of ana)" ] || fail "ana's session is still there"

shows daniel 'No activity: you will be logged off in 4 seconds.'
journal '"what":"ended"' "\"session\":\"$daniel\""
[ "$(processes_of daniel)" = 0 ] || fail "left of daniel: $(ps -u daniel)"

# Long after their ends would have been: who typed, who has no terminal, and root.
for stays in "bruno $bruno" "carol $carol" "root $root"; do
    [ "$(id_of "${stays% *}")" = "${stays#* }" ] || fail "${stays% *}'s session is gone"
done
shows_not bruno 'in 4 seconds'
! grep -E "\"session\":\"($carol|$root)\"" /box/journal | grep -E '"what":"(warn|logoff)"' || fail "carol or root was not left alone"
stop_curfew
