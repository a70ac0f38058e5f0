# on: trixie-remote bookworm-remote
# Real TigerVNC sessions, each with a real viewer: connected as long as one is there, by sockets of the X server's, and from
# where is known. What is typed in a viewer is input, by the agent; a warning is taken back by it or by its button; who is
# idle is ended, and so is who has been disconnected for long enough.
sed -i 's/least = [0-9]* [*] [a-z]*/least = 1 * second/' $policies/disconnected.lua
service_installed # in its sandbox, it sees what it needs for that
cat >/etc/curfew/curfew.lua <<'LUA'
dry_run  = false
policies = {
  { "/etc/curfew/policies/disconnected.lua", limit = "8s", only = { users = { "bruno", "daniel" } } },
  { "/etc/curfew/policies/idle.lua", limit = "60s", warnings = { "52s" }, only = { users = { "ana", "bruno" } } },
  { "/etc/curfew/policies/idle.lua", name = "short", limit = "14s", warnings = { "8s" }, only = { users = { "carol" } } },
}
limits = { notice = "3s", share = 1 }
LUA
echo 127.0.0.1 box.local box >>/etc/hosts # its name, which its start wants
chmod 1777 /box
from=192.0.2.7 # of which this machine has both ends
ip address add $from/32 dev lo
printf '$localhost = "no";\n$geometry = "640x400";\n' >>/etc/tigervnc/vncserver-config-defaults
number=0
for user in ana bruno carol daniel; do
    number=$((number + 1))
    echo ":$number=$user" >>/etc/tigervnc/vncserver.users
    place=/home/$user/.vnc
    [ "$(. /etc/os-release && echo "$VERSION_ID")" = 12 ] || place=/home/$user/.config/tigervnc
    install -d -o $user -g $user "${place%/*}" "$place"
    tigervncpasswd -f <<<secret >"$place/passwd" 2>/box/passwd.out
    cat >"$place/xstartup" <<SH
#!/bin/sh
dbus-monitor "interface='org.freedesktop.Notifications'" >/box/$user.notes 2>&1 &
xterm -geometry 40x10+20+200 &
dunst >/dev/null 2>&1 &
until busctl --user status org.freedesktop.Notifications >/dev/null 2>&1; do :; done
exec /build/curfew-agent >/box/$user.out 2>&1
SH
    chown $user: "$place"/*
    chmod 600 "$place/passwd"
    chmod 755 "$place/xstartup"
    install -m 666 /dev/null /box/$user.notes
    install -m 666 /dev/null /box/$user.out
    systemctl start --no-block tigervncserver@:$number
done
echo secret | tigervncpasswd -f >/box/passwd
Xvfb :50 -nolisten tcp -noreset -screen 0 1280x1024x24 >/dev/null 2>&1 &
until DISPLAY=:50 xdpyinfo >/dev/null 2>&1; do :; done

connect() { # USER NUMBER: by a viewer of its own
    DISPLAY=:50 xtigervncviewer -passwd /box/passwd -Shared "$from::590$2" >"/box/$1.client" 2>&1 &
    eval "client_$1=$!"
}

for user in ana bruno carol daniel; do desktop_tells $user '"disconnected":true'; done
connect ana 1
connect bruno 2
connect carol 3
connect daniel 4
for user in ana bruno carol daniel; do desktop_tells $user '"disconnected":false'; done
for user in ana bruno carol daniel; do desktop_tells $user "\"remote_host\":\"$from\""; done
service_started
for user in ana bruno carol daniel; do shows $user 'at work for session'; done

second_server() { # USER SESSION: in that session
    within "$1" "$2" runuser -u "$1" -- Xvfb :78 -nolisten tcp >/dev/null 2>&1 &
}
unknown_now() {
    local told
    told=$(curfew why "$daniel")
    [[ $told == *"of daniel"* && $told != *'disconnected_for ('* ]]
}

# Whoever closes the viewer is disconnected at once, and ended in a while, unless they come back. While a second server runs in
# the session, nobody knows who is at that one.
close_client daniel
daniel=$(id_of daniel)
comes_to_say 'disconnected_for (' curfew why "$daniel"
second_server daniel "$daniel"
in_time unknown_now || fail "$(curfew why "$daniel")"
pkill -u daniel -x Xvfb
comes_to_say 'disconnected_for (' curfew why "$daniel"
entry '"what":"ended"' '"user":"daniel"'
none_runs daniel 'Xtigervnc|xterm|dunst'

typed() { # USER KEY: in the viewer's window
    local window
    window=$(DISPLAY=:50 xdotool search --onlyvisible --name "($1)" | head -n 1)
    DISPLAY=:50 xdotool windowraise "$window" windowfocus "$window" mousemove --window "$window" 60 250 key "$2"
}
noted ana 'logged off in 52 seconds'
DISPLAY=:50 xwd -root -silent >/box/vnc.xwd # for whoever wants to see it
begun=${EPOCHREALTIME/./}
typed ana a
entry '"what":"stays"' '"user":"ana"'
took=$((${EPOCHREALTIME/./} - begun))
[ "$took" -lt 4500000 ] || fail "as late as by asking every five seconds: $took microseconds"
echo "from the key until it was taken back: $took microseconds"
noted bruno 'logged off in 52 seconds'
on_desktop bruno :2 dunstctl action 0
entry '"what":"answer"' '"user":"bruno"' '"reason":"yes"'
entry '"what":"ended"' '"user":"carol"'
none_runs carol 'Xtigervnc|xterm|dunst'
[ -n "$(pgrep -u ana -x Xtigervnc)" ] && [ -n "$(pgrep -u bruno -x Xtigervnc)" ] || fail "$(loginctl)"

# Who works at a second server in their session is not idle by what the first one's agent says.
ana=$(id_of ana)
comes_to_say 'of ana on :1, idle' curfew why "$ana"
second_server ana "$ana"
comes_to_say 'nobody knows its idle time' curfew why "$ana"
pkill -u ana -x Xvfb
comes_to_say 'of ana on :1, idle' curfew why "$ana"

# What is typed at a display in another way begins the time anew.
close_client bruno
desktop_tells bruno '"disconnected":true'
begun=$EPOCHSECONDS
until [ $((EPOCHSECONDS - begun)) -ge 5 ]; do on_desktop bruno :2 env XAUTHORITY=/home/bruno/.Xauthority xdotool key a; done
entry '"what":"refused"' '"user":"bruno"' 'activity at the last moment'
[ -n "$(pgrep -u bruno -x Xtigervnc)" ] || fail "bruno is gone"

# A lock that names an X server of the same user's which is not the session's tells nothing of it.
systemd-run --quiet --uid=ana Xtigervnc :9 -SecurityTypes None -localhost
until [ -s /tmp/.X9-lock ]; do :; done
cat /tmp/.X9-lock >/tmp/.X1-lock
desktop_tells ana '"disconnected":null'
