# Whoever stops their terminal's output before they leave is not ended unwarned, and is told of; from Ctrl-Q on the warning
# is there, and then the logoff follows.
log_on ana ana
ana=$(session_at ana)
sessions_aged 7200
cat >/box/curfew.lua <<'LUA'
dry_run  = false
policies = { { "/box/policies/idle.lua", limit = "10s", warnings = { "5s" } } }
limits   = { notice = "3s", share = 1 }
LUA
type_in ana $'\x13'
curfew() { /build/curfew "$@" --socket /box/control; }
start_curfew --config /box/curfew.lua --socket /box/control
journal '"what":"failed"' "\"session\":\"$ana\"" 'its output is stopped (Ctrl-S)'
told=$(curfew status)
for said in 'No warning reaches these sessions' "session $ana (ana): since" 'takes nothing: its output is stopped (Ctrl-S)'; do
    [[ $told == *"$said"* ]] || fail "$told"
done
[[ $(curfew why "$ana") == *'Warnings have failed to reach it since'*'(Ctrl-S)'* ]] || fail "$(curfew why "$ana")"
[[ $(curfew metrics) == *'curfew_sessions{state="unreached"} 1'* ]] || fail "$(curfew metrics)"
journal '"what":"refused"' "\"session\":\"$ana\"" # the run ends without a logoff
type_in ana $'\x11'
for _ in 1 2 3 4; do # runs begin a minute apart
    ! grep -qF 'you will be logged off in 5 seconds.' <(timeout 20 tail -c +1 -f /box/ana.out) || break
done
shows ana 'you will be logged off in 5 seconds.'
journal '"what":"ended"' "\"session\":\"$ana\""
[ "$(grep -c '"what":"logoff"' /box/journal)" = 1 ] || fail "$(cat /box/journal)"
stop_curfew
