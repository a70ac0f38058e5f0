# on: bookworm-desktop trixie-desktop
# A desktop without a notification daemon: the warning is a dialog, by xmessage here, which its button answers, which the next
# warning replaces, and which goes when it is taken back, or when its agent is killed. Where there is no dialog either, what
# lacks is said, once in the journal.
cat >/box/curfew.lua <<'LUA'
dry_run  = false
policies = { { "/box/policies/idle.lua", limit = "60s", warnings = { "56s", "48s" } } }
limits   = { notice = "3s", share = 1 }
LUA
bare_desktop_on() { # USER DISPLAY [COMMAND]: an X server, a window and the agent, or the command, and nothing else
    cat >"/box/$1.session" <<SESSION
export DISPLAY=$2
Xvfb $2 -nolisten tcp -noreset -screen 0 640x400x24 >/dev/null 2>&1 &
until xdpyinfo >/dev/null 2>&1; do :; done
xterm -geometry 40x10+20+200 &
echo up-42
${3:-/build/curfew-agent}
exec sleep 1000
SESSION
    install -m 666 /dev/null "/box/$1.out"
    systemd-run --quiet --unit="desktop-$1" -p PAMName=login -p User="$1" -p Environment=XDG_SESSION_TYPE=x11 \
        -p StandardOutput=append:"/box/$1.out" -p StandardError=append:"/box/$1.out" bash "/box/$1.session"
    shows "$1" up-42
}
dialogs() { # USER TEXT: waits until they are these
    in_time are_shown "$1" "$2" || fail "$1 does not see: $2; but: $(pgrep -a -u "$1" -x xmessage)"
}
are_shown() {
    [ "$(pgrep -a -u "$1" -x xmessage | sed 's/.*:2 //')" = "$2" ]
}
bare_desktop_on ana :5
bare_desktop_on bruno :6
start_curfew --config /box/curfew.lua
bare_desktop_on carol :7
bare_desktop_on daniel :8 'PATH=/box/nothing /build/curfew-agent; /build/curfew-agent' # the second finds xmessage
for user in ana bruno carol daniel; do shows $user 'at work for session'; done

# One dialog at a time, of the text that is true; a key takes it back. One whose agent is killed goes with it.
dialogs ana 'No activity: you will be logged off in 56 seconds.'
dialogs carol 'No activity: you will be logged off in 56 seconds.'
pkill -KILL -u carol -x curfew-agent
dialogs carol ''
on_desktop ana :5 xwd -root -silent >/box/dialog.xwd # for whoever wants to see it
dialogs ana 'No activity: you will be logged off in 48 seconds.'
on_desktop ana :5 xdotool key shift
journal '"what":"stays"' '"user":"ana"'
dialogs ana ''

# The button, pressed without anything that an X server would take for input: so it is the answer that counts.
dialogs bruno 'No activity: you will be logged off in 48 seconds.'
window=$(on_desktop bruno :6 xdotool search --onlyvisible --class xmessage | tail -n 1)
button=$(on_desktop bruno :6 xwininfo -id "$window" -tree | grep -oE '0x[0-9a-f]+ .* [0-9]+x17\+' | cut -d' ' -f1)
on_desktop bruno :6 xdotool click --window "$button" 1
journal '"what":"answer"' '"user":"bruno"' '"reason":"yes"'
dialogs bruno ''

lacks='no warning could be shown at this desktop: no notification daemon answers there, and no dialog appears'
journal '"what":"failed"' '"user":"daniel"' "$lacks"
comes_to_say "session $(id_of daniel): $lacks" /build/curfew status
comes_to_say "$lacks" /build/curfew why "$(id_of daniel)"
comes_to_say "took no message: $lacks" /build/curfew msg "$(id_of daniel)" hello
dialogs daniel ''

# What lacked is there for the next agent.
pkill -KILL -u daniel -x curfew-agent
lacks_nothing() {
    [[ $(/build/curfew status) != *"$lacks"* ]]
}
in_time lacks_nothing || fail "$(/build/curfew status)"
/build/curfew msg "$(id_of daniel)" hello
in_time eval '[[ $(pgrep -a -u daniel -x xmessage) == *hello* ]]' || fail "daniel is shown nothing: $(pgrep -a -u daniel)"
[ "$(grep -cE '"what":"failed".*"user":"daniel"' /box/journal)" = 1 ] || fail "$(cat /box/journal)"
stop_curfew
