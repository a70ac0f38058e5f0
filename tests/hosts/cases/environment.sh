# on: trixie-desktop
# What the environment of a session's leader names is not believed: a bus that is somebody else's shows nobody a warning that is
# not theirs. And a desktop begun from a terminal at which nobody has typed for long is in use where its windows are.
cat >/box/curfew.lua <<'LUA'
dry_run  = false
policies = { { "/box/policies/idle.lua", limit = "60s", warnings = { "52s" } } }
limits   = { notice = "3s", share = 1 }
protect  = { users = { "bruno" } }
LUA
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
stop_curfew
