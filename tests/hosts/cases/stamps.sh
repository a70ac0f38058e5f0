# on: bookworm trixie
# A user who sets the time of input of their own terminal, to now or to what is yet to come: that is noted once, in the
# journal and for administrators, until somebody has really typed. Who changes a terminal's mode has set nothing.
for user in ana bruno carol; do log_on $user $user; done
ana=$(session_at ana) bruno=$(session_at bruno) carol=$(session_at carol)
sessions_aged 7200
for user in ana bruno carol; do terminals_aged $user; done
cat >/box/curfew.lua <<'LUA'
dry_run  = false
policies = { { "/box/policies/idle.lua", limit = "3h" } }
LUA
start_curfew --config /box/curfew.lua --socket /box/control
curfew() { /build/curfew "$@" --socket /box/control; }
looks() { curfew why "$1" >/dev/null; } # reads it
for session in $ana $bruno $carol; do until looks "$session" 2>/dev/null; do :; done; done

as() { setpriv --reuid="$1" --regid="$1" --clear-groups "${@:2}"; }
as ana touch "$(terminal_of ana)"
as bruno touch -a -d '1 hour' "$(terminal_of bruno)"
as carol chmod 600 "$(terminal_of carol)"
for session in $ana $bruno $carol $ana $bruno $carol; do looks "$session"; done
journal '"what":"doubt"' "\"session\":\"$ana\"" "somebody has set the time of input that $(terminal_of ana) notes"
journal '"what":"doubt"' "\"session\":\"$bruno\"" "$(terminal_of bruno) notes input at a time that is yet to come"
[ "$(grep -c '"what":"doubt"' /box/journal)" = 2 ] || fail "$(cat /box/journal)"
told=$(curfew status)
for said in "Their idle time is not to be relied on" "session $ana (ana): since" "session $bruno (bruno): since"; do
    [[ $told == *"$said"* ]] || fail "$told"
done
[[ $told != *"session $carol ("* ]] || fail "$told"
grep -F "session $ana of ana: somebody has set" /box/curfew || fail "$(cat /box/curfew)"

# A user learns nothing of others, nor of how it shows.
told=$(as ana /build/curfew why "$ana" --json --socket /box/control)
[[ $told == *'"idle":'* && $told != *"has set"* && $told != *bruno* ]] || fail "$told"

# Whoever types has read.
type_in bruno 'echo typed-$((1 + 1))'
shows bruno typed-2
looks "$bruno"
told=$(curfew status)
[[ $told != *"session $bruno (bruno): since"* ]] || fail "$told"
stop_curfew
