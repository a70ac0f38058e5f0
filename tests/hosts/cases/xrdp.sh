# on: trixie-remote
# A real xrdp session, with a real client: it is connected as long as the client is there, from where is known, and so is
# since when it is not. Idle by the agent, warned at its desktop, and ended when it has been disconnected for long enough;
# whoever connects again stays. So it is with xrdp's other X server, Xvnc.
sed -i 's/least = [0-9]* [*] [a-z]*/least = 1 * second/' $policies/disconnected.lua
service_installed # in its sandbox, it sees what it needs for that
cat >/etc/curfew/curfew.lua <<'LUA'
dry_run  = false
policies = { { "/etc/curfew/policies/disconnected.lua", limit = "25s", except = { users = { "bruno", "carol" } } } }
limits   = { notice = "3s", share = 1 }
LUA
cat >/etc/xrdp/startwm.sh <<'SH'
#!/bin/sh
dunst >/dev/null 2>&1 &
xterm -geometry 40x10+20+200 &
exec /build/curfew-agent >"/box/$USER.agent" 2>&1
SH
chmod 755 /etc/xrdp/startwm.sh
chmod 1777 /box
printf '%s:secret\n' ana bruno carol | chpasswd
systemctl start xrdp-sesman xrdp || fail "$(systemctl status xrdp xrdp-sesman)"
Xvfb :50 -nolisten tcp -noreset -screen 0 1280x1024x24 >/dev/null 2>&1 &
until DISPLAY=:50 xdpyinfo >/dev/null 2>&1; do :; done

connect() { # USER [X-SERVER]: by a client of its own; to a session of theirs, if there is one of that X server
    sed -i "s/^autorun=.*/autorun=${2:-Xorg}/" /etc/xrdp/xrdp.ini
    DISPLAY=:50 xfreerdp3 /v:127.0.0.1 /u:"$1" /p:secret /cert:ignore >"/box/$1.client" 2>&1 &
    eval "client_$1=$!"
}

connect ana
desktop_tells ana '"disconnected":false'
connect bruno
desktop_tells bruno '"disconnected":false'
connect carol Xvnc
desktop_tells carol '"disconnected":false'
[ -n "$(pgrep -u carol -x Xvnc)" ] || fail "not with Xvnc: $(ps -u carol)"
for user in ana carol; do desktop_tells $user '"remote_host":"::ffff:127.0.0.1"'; done
[[ $(/build/curfew sessions --json | grep '"user":"ana"') == *'"remote":true'* ]] || fail "$(/build/curfew sessions --json)"
service_started
ana=$(/build/curfew sessions --json | sed -n 's/.*"id":"\([^"]*\)".*"user":"ana".*/\1/p' | head -1)
grep -qF -m 1 'at work for session' <(timeout 20 tail -c +1 -F /box/ana.agent 2>/dev/null) || fail "$(cat /box/ana.agent)"

# Away, and back again: curfew is told of either, and the time begins anew.
close_client ana
close_client bruno
close_client carol
desktop_tells carol '"disconnected":true'
desktop_tells ana '"disconnected":true'
desktop_tells bruno '"disconnected":true'
[[ $(/build/curfew why "$ana" --json) == *disconnected* ]] || fail "$(/build/curfew why "$ana")"
connect ana
desktop_tells ana '"disconnected":false'
[ "$(/build/curfew sessions --json | grep '"user":"ana"' | grep -c '"type":"x11"')" = 1 ] || fail "$(/build/curfew sessions)"
until [[ $(/build/curfew why "$ana" --json) != *'disconnected_for ('* ]]; do :; done # the engine has seen it, too
begun=$EPOCHSECONDS
close_client ana
desktop_tells ana '"disconnected":true'
entry '"what":"ended"' '"user":"ana"'
connect carol Xvnc
desktop_tells carol '"disconnected":false'
[ "$(pgrep -cu carol 'Xorg|Xvnc')" = 1 ] || fail "not connected again: $(ps -u carol)"
[ $((EPOCHSECONDS - begun)) -ge 24 ] || fail "ended $((EPOCHSECONDS - begun)) seconds after the second client had gone"
none_runs ana Xorg
[ -n "$(pgrep -u bruno -x Xorg)" ] || fail "bruno is gone"
