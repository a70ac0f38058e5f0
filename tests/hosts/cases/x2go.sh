# on: trixie-remote bookworm-remote
# A real x2go session, whose client is its own proxy over ssh. Its desktop is part of the ssh session that began it, and outlives it
# when it is suspended: logind calls that session closing, and it goes on by its desktop's agent, as disconnected, which ends it, with all
# that it has.
sed -i 's/least = [0-9]* [*] [a-z]*/least = 1 * second/' $policies/disconnected.lua
service_installed # in its sandbox, it sees what it needs for that
configured() { # LEFTOVERS LIMIT
    cat >/etc/curfew/curfew.lua <<LUA
dry_run  = false
policies = { { "/etc/curfew/policies/disconnected.lua", limit = "$2", leftovers = "$1" } }
limits   = { notice = "1s", share = 1 }
LUA
}
configured keep 1h
x2go_ready 'sleep 1000'
service_started
x2go_begun bruno
[[ $(curfew why "$id") != *'disconnected_for ('* ]] || fail "$(curfew why "$id")"

# A second desktop of the same connection is one that the agent does not see; then nobody knows.
comes_to_say "bruno on $id, idle" curfew why "$id"
over bruno "DISPLAY=:77 exec -a second sleep 1000" &
comes_to_say 'nobody knows its idle time' curfew why "$id"
in_time pkill -u bruno -f '^second' # what sshd runs without a terminal is unknown before it is that
comes_to_say "bruno on $id, idle" curfew why "$id"

# Who is at a second desktop of the same line is at the session, though the first is suspended.
over bruno 'setsid Xvfb :78 -nolisten tcp >/dev/null 2>&1 &'
over bruno 'mkfifo typed; setsid script -qc cat /dev/null <>typed >/dev/null 2>&1 &'
x2go_suspended bruno
comes_to_say 'nobody knows its idle time' curfew why "$id"
[[ $(curfew why "$id") != *'disconnected_for ('* ]] || fail "$(curfew why "$id")"
pkill -u bruno -x Xvfb

# So is who types at a terminal of it, which another server than the desktop may show them.
away() { # LEAST MOST, in seconds
    local told
    told=$(curfew why "$id" | sed -n "s/.*disconnected_for (\([0-9]*\) seconds*).*/\1/p")
    [ -n "$told" ] && [ "$told" -ge "$1" ] && [ "$told" -le "$2" ]
}
in_time away 3 60 || fail "$(curfew why "$id" --json)"
echo >/home/bruno/typed
in_time away 0 2 || fail "$(curfew why "$id" --json)"
in_time away 3 60 || fail "$(curfew why "$id" --json)" # a terminal tells it to eight seconds

configured keep 5s
systemctl reload curfew
entry '"what":"failed"' '"user":"bruno"' 'its line has gone, and what is to be left running is all that it has'
configured end 5s
systemctl reload curfew
entry '"what":"logoff"' '"user":"bruno"' '"reason":"disconnected'
entry '"what":"ended"' '"user":"bruno"'
none_runs bruno 'x2goagent|sleep|dunst|curfew-agent'
! is_there "$id" || fail "$(loginctl session-status "$id")"
