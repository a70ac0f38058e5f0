# on: trixie-remote bookworm-remote
# A real x2go session, whose client is its own proxy over ssh. Its desktop is part of the ssh session that began it, and outlives it
# when it is suspended: logind calls that session closing, and it goes on by its desktop's agent, as disconnected, which ends it, with all
# that it has.
sed -i 's/least = [0-9]* [*] [a-z]*/least = 1 * second/' $policies/disconnected.lua
service_installed # in its sandbox, it sees what it needs for that
configured() { # LEFTOVERS
    cat >/etc/curfew/curfew.lua <<LUA
dry_run  = false
policies = { { "/etc/curfew/policies/disconnected.lua", limit = "5s", leftovers = "$1" } }
limits   = { notice = "1s", share = 1 }
LUA
}
configured keep
x2go_ready 'sleep 1000'
service_started
x2go_begun bruno
[[ $(curfew why "$id") != *'disconnected_for ('* ]] || fail "$(curfew why "$id")"

# A second desktop of the same connection is one that the agent does not see; then nobody knows.
comes_to_say "bruno on $id, idle" curfew why "$id"
over bruno "DISPLAY=:77 exec -a second sleep 1000" &
comes_to_say 'nobody knows its idle time' curfew why "$id"
pkill -u bruno -f '^second'
comes_to_say "bruno on $id, idle" curfew why "$id"

x2go_suspended bruno
entry '"what":"failed"' '"user":"bruno"' 'its line has gone, and what is to be left running is all that it has'
configured end
systemctl reload curfew
entry '"what":"logoff"' '"user":"bruno"' '"reason":"disconnected'
entry '"what":"ended"' '"user":"bruno"'
[[ $(ps -o comm= -u bruno) != *@(x2goagent|sleep|dunst|curfew)* ]] || fail "$(ps -u bruno)"
! is_there "$id" || fail "$(loginctl session-status "$id")"
