# on: trixie-desktop
# What the environment of a session's leader names is not believed: a bus or a display that is somebody else's shows nobody a
# warning that is not theirs, nor does what is typed there count, or that nothing is. And a desktop begun from a terminal at which nobody has typed for long is in use where its windows are.
cat >/box/curfew.lua <<'LUA'
dry_run  = false
policies = { { "/box/policies/idle.lua", limit = "60s", warnings = { "52s" } },
             { "/box/policies/nudge.lua", only = { users = { "carol", "daniel" } } } }
limits   = { notice = "3s", share = 1 }
protect  = { users = { "bruno" } }
LUA
echo 'sessions.watch({ class = "user" }, function (session) session:warn("Nudged.") clock.sleep(1 * hour) end)' >/box/policies/nudge.lua
desktop_closed=yes
desktop_on bruno bruno :6
script -qfc 'tty >/box/terminal; exec sleep 1000' /dev/null </dev/null >/dev/null 2>&1 &
until [ -s /box/terminal ]; do :; done
terminal=$(cat /box/terminal)
install -m 666 /dev/null /box/ana.out
cat >/box/ana.session <<'SESSION'
export DISPLAY=:5
echo begun-42 >>/box/ana.out
Xvfb :5 -nolisten tcp -noreset >/dev/null 2>&1 &
until xdpyinfo >/dev/null 2>&1; do :; done
xterm &
/build/curfew-agent >>/box/ana.out 2>&1
SESSION
systemd-run --quiet --unit=desktop-ana -p PAMName=login -p User=ana -p TTYPath="$terminal" -p StandardInput=tty-force \
    -p Environment=XDG_SESSION_TYPE=x11 env DBUS_SESSION_BUS_ADDRESS="unix:path=/run/user/$(id -u bruno)/bus" bash /box/ana.session
until ana=$(id_of ana) && [ -n "$ana" ]; do :; done
[ "$(loginctl show-session -P Type "$ana") $(loginctl show-session -P TTY "$ana")" = "x11 ${terminal#/dev/}" ] || fail "$(loginctl show-session "$ana")"
shows ana begun-42
grep -qzF "/run/user/$(id -u bruno)/bus" "/proc/$(loginctl show-session -P Leader "$ana")/environ" || fail "not forged"

begins_at() { # LABEL USER DISPLAY [COMMAND]: after that, an agent in a session of its own, with that in its environment
    install -m 666 /dev/null "/box/$1.agent"
    systemd-run --quiet --unit="agent-$1" -p PAMName=login -p User="$2" -p Environment=XDG_SESSION_TYPE=x11 \
        -p StandardOutput=append:"/box/$1.agent" -p StandardError=append:"/box/$1.agent" \
        env DISPLAY="$3" XAUTHORITY="/home/$2/.Xauthority" bash -c "${4:-true}; /build/curfew-agent; exec sleep 1000"
}
mkfifo -m 666 /box/begins
begins_at second bruno :6 'read -r </box/begins'
second=$(systemctl show -P MainPID agent-second)
until second_id=$(ps -o lsession= "$second") && [[ $second_id == c* ]]; do :; done
is_display() { # DISPLAY FILE: the second session is at that, by logind's word
    ! grep -qx "LEADER=$second" "$2" || echo "DISPLAY=$1" >>"$2"
}
sessions_changed is_display :9
[ "$(loginctl show-session -P Display "$second_id")" = :9 ] || fail "$(loginctl show-session "$second_id")"
sessions_aged 7200
start_curfew --config /box/curfew.lua
shows ana 'at work for session'
touch -d '1 hour ago' "$terminal"

# Typed in a window, while the terminal in logind's record is old.
until on_desktop ana :5 xdotool search --class xterm >/dev/null; do :; done
on_desktop ana :5 xdotool mousemove 60 60 key a
told=$(/build/curfew why "$ana")
[[ $told == *'idle for '[0-4]' second'* || $told == *'in use'* ]] || fail "$told"

# Her warning is at her own display, where a key takes it back.
journal '"what":"warn"' "\"session\":\"$ana\""
until pgrep -a -u ana -x xmessage >/box/dialogs; do :; done
[[ $(cat /box/dialogs) == *'logged off in 52 seconds'* ]] || fail "$(cat /box/dialogs)"
on_desktop ana :5 xdotool key a
journal '"what":"stays"' "\"session\":\"$ana\"" activity
! grep -q 'member=Notify' /box/bruno.notes || fail "bruno sees what is hers: $(cat /box/bruno.notes)"
is_there "$ana" && [ -n "$(id_of bruno)" ] || fail "$(loginctl)"

# Carol's leader names a display that is closed to her, daniel's one that takes anybody and is ana's, bruno's second one that
# is bruno's own, but another session's. Whatever is typed there, or not, nobody knows when they were there; none of them is
# shown anything, here or there; and what they lack is said.
begins_at carol carol :6
begins_at daniel daniel :5
echo >/box/begins
for label in carol daniel second; do
    grep -qF -m 1 'the display that you were given is closed to you' <(timeout 20 tail -c +1 -f "/box/$label.agent" 2>/dev/null) ||
        fail "$label: $(cat "/box/$label.agent")"
done
for user in carol daniel; do
    session=$(id_of $user)
    grep -qzx 'DISPLAY=:[56]' "/proc/$(loginctl show-session -P Leader "$session")/environ" || fail "not forged"
    journal '"what":"failed"' "\"session\":\"$session\""
done
for step in typed not; do
    [ $step = not ] || { on_desktop bruno :6 xdotool key a; on_desktop ana :5 xdotool key a; }
    for session in "$(id_of carol)" "$(id_of daniel)" "$second_id"; do
        listed=$(/build/curfew sessions --json | grep "\"id\":\"$session\"")
        [[ $listed == *'"idle":null'* ]] || fail "$step: $listed"
        told=$(/build/curfew why "$session" | tr -s '\n ' '  ')
        [[ $told == *'the display that its curfew-agent was given is closed to it, or is not this'* && $told == *'nobody knows its idle time'* ]] ||
            fail "$step: $told"
        ! told=$(/build/curfew msg "$session" hello 2>&1) || fail "shown: $told"
        [[ ${told//$'\n'/ } == *"closed to it, or is not this session's"* ]] || fail "$told"
    done
done
! grep -q 'member=Notify' /box/bruno.notes || fail "bruno sees what is another's: $(cat /box/bruno.notes)"
! pgrep -a 'xmessage|zenity|kdialog' || fail "somebody sees what is another's"
stop_curfew
