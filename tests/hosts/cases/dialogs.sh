# on: trixie-dialogs
# The dialogs of GNOME's and KDE's programs, zenity and kdialog, and a notification by Xfce's daemon: each shows the warning,
# which the next one replaces; its button answers, a key takes it back, and nothing is left on the screen.
cat >/box/curfew.lua <<'LUA'
dry_run  = false
policies = { { "/box/policies/idle.lua", limit = "60s", warnings = { "54s", "42s" } } }
limits   = { notice = "3s", share = 1 }
LUA
mkdir /box/kde
ln -s /usr/bin/kdialog /box/kde/
begin() { # USER DISPLAY COMMAND: an X server, and the command in it
    cat >"/box/$1.session" <<SESSION
export DISPLAY=$2
Xvfb $2 -nolisten tcp -noreset -screen 0 640x400x24 >/dev/null 2>&1 &
until xdpyinfo >/dev/null 2>&1; do :; done
echo up-42
$3
exec sleep 1000
SESSION
    install -m 666 /dev/null "/box/$1.out"
    install -m 666 /dev/null "/box/$1.notes"
    systemd-run --quiet --unit="desktop-$1" -p PAMName=login -p User="$1" -p Environment=XDG_SESSION_TYPE=x11 \
        -p StandardOutput=append:"/box/$1.out" -p StandardError=append:"/box/$1.out" bash "/box/$1.session"
    shows "$1" up-42
}
begin ana :5 /build/curfew-agent
begin bruno :6 'PATH=/box/kde /build/curfew-agent'
begin carol :7 "dbus-monitor \"interface='org.freedesktop.Notifications'\" >/box/carol.notes 2>&1 &
\$(ls /usr/lib/*/xfce4/notifyd/xfce4-notifyd) >/dev/null 2>&1 &
until busctl --user status org.freedesktop.Notifications >/dev/null 2>&1; do :; done
/build/curfew-agent"
start_curfew --config /box/curfew.lua
for user in ana bruno carol; do shows $user 'at work for session'; done

shown() { # USER DISPLAY TEXT: waits until it is all that the user's dialog says; empty: there is none
    in_time is_shown "$1" "$3" || fail "$1 does not see: $3; but: $said"
}
is_shown() {
    said=$(pgrep -a -u "$1" -x 'zenity|kdialog' | grep -o 'No activity[^-]*' | sed 's/ *$//') || said=
    [ "$said" = "$2" ]
}
click() { # USER DISPLAY CLASS X Y: in the window of that class, once it is there
    local window
    until window=$(on_desktop "$1" "$2" xdotool search --onlyvisible --class "$3" | tail -n 1) && [ -n "$window" ]; do :; done
    on_desktop "$1" "$2" xdotool mousemove --window "$window" "$4" "$5" click 1
}
begins='No activity: you will be logged off in'
shown ana :5 "$begins 54 seconds."
shown bruno :6 "$begins 54 seconds."
noted carol "$begins 54 seconds."
shown ana :5 "$begins 42 seconds."
shown bruno :6 "$begins 42 seconds."
noted carol "$begins 42 seconds."
until on_desktop bruno :6 xdotool search --onlyvisible --class kdialog >/dev/null; do :; done
for user in ana:5 bruno:6 carol:7; do
    on_desktop ${user%:*} :${user#*:} xwd -root -silent >/box/${user%:*}.xwd # for whoever wants to see it
done
windows=$(on_desktop carol :7 xdotool search --onlyvisible --class xfce4-notifyd | wc -l)
[ "$windows" = 1 ] || fail "$windows notifications; $(on_desktop carol :7 xwininfo -root -tree)"

# A press on the button, which is also input: whichever of the two is told first, the user stays, and it is gone.
click ana :5 zenity 190 181
click carol :7 xfce4-notifyd 200 90
for user in ana carol; do journal '"what":"stays"' "\"user\":\"$user\""; done
shown ana :5 ''
on_desktop bruno :6 xdotool key shift
journal '"what":"stays"' '"user":"bruno"'
shown bruno :6 ''
until ! on_desktop carol :7 xdotool search --onlyvisible --class xfce4-notifyd >/dev/null; do :; done
stop_curfew
