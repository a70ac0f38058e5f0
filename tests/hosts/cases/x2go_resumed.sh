# on: trixie-remote bookworm-remote
# An x2go session that was suspended and is resumed, over another line: it is connected again, warned at its desktop, kept by
# input, and ended when nobody is there.
service_installed
configured() { # IDLE-ENTRY
    cat >/etc/curfew/curfew.lua <<LUA
dry_run  = false
policies = { { "/etc/curfew/policies/disconnected.lua", limit = "1h" }$1 }
limits   = { notice = "3s", share = 1 }
LUA
}
configured ''
x2go_ready xterm
service_started
x2go_begun ana
x2go_suspended ana
comes_to_say "$x2go_session|$x2go_display|box|S|" x2golistsessions_root
comes_to_say 'disconnected_for (' curfew why "$id"

# Without the agent it is as any closing session, which is left alone. Another one may come as late as then.
pkill -KILL -u ana -x curfew-agent
comes_to_say 'No policy ends it: the session is already closing' curfew why "$id"
comes_to_say '1 session of these cannot be touched: the session is already closing' curfew status
echo >/box/again
comes_to_say 'disconnected_for (' curfew why "$id"

x2go_resumed ana
is_connected() {
    [[ $(curfew why "$id") != *'disconnected_for ('* ]]
}
in_time is_connected || fail "$(curfew why "$id")"
DISPLAY=:50 xdotool mousemove 300 200 key shift
configured ', { "/etc/curfew/policies/idle.lua", limit = "60s", warnings = { "50s" } }'
systemctl reload curfew
entry '"what":"warn"' '"user":"ana"'
in_time grep -q 'you will be logged off in' /box/ana.notes || fail "$(cat /box/ana.notes)"
DISPLAY=:50 xwd -root -silent >/box/x2go.xwd # for whoever wants to see it
DISPLAY=:50 xdotool mousemove 310 210 key shift
entry '"what":"stays"' '"user":"ana"' 'there was activity'
in_time grep -q CloseNotification /box/ana.notes || fail "$(cat /box/ana.notes)"

configured ', { "/etc/curfew/policies/idle.lua", limit = "10s", warnings = { "5s" } }'
systemctl reload curfew
entry '"what":"logoff"' '"user":"ana"' '"reason":"idle for'
entry '"what":"ended"' '"user":"ana"'
none_runs ana 'x2goagent|xterm|dunst|curfew-agent'
! is_there "$id" || fail "$(loginctl session-status "$id")"
