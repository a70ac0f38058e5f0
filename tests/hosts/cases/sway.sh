# on: trixie-sway
# A Wayland compositor of its own kind (sway, without a screen): idle by ext-idle-notify-v1, warned by a notification, which a
# key takes back at once, as its button does; who is not there is ended.
cat >/box/curfew.lua <<'LUA'
dry_run  = false
policies = {
  { "/box/policies/idle.lua", limit = "60s", warnings = { "48s" }, except = { users = { "carol" } } },
  { "/box/policies/idle.lua", name = "short", limit = "16s", warnings = { "4s" }, only = { users = { "carol" } } },
}
limits   = { notice = "3s", share = 1 }
LUA
sway_on() { # USER: a compositor, a notification daemon and the agent
    install -m 666 /dev/null "/box/$1.notes"
    install -m 666 /dev/null "/box/$1.out"
    printf 'exec bash /box/%s.session\n' "$1" >"/box/$1.sway"
    cat >"/box/$1.session" <<SESSION
env | grep ^WAYLAND_DISPLAY= >/box/$1.env
dbus-monitor "interface='org.freedesktop.Notifications'" >/box/$1.notes 2>&1 &
dunst >/dev/null 2>&1 &
until busctl --user status org.freedesktop.Notifications >/dev/null 2>&1; do :; done
echo up-42 >>/box/$1.out
exec /build/curfew-agent >>/box/$1.out 2>&1
SESSION
    install -m 666 /dev/null "/box/$1.env"
    systemd-run --quiet --unit="desktop-$1" -p PAMName=login -p User="$1" -p Environment=XDG_SESSION_TYPE=wayland \
        -p Environment='WLR_BACKENDS=headless WLR_RENDERER=pixman LIBSEAT_BACKEND=noop' \
        -p StandardOutput=append:"/box/$1.out" -p StandardError=append:"/box/$1.out" sway -c "/box/$1.sway"
    shows "$1" up-42
}
on_sway() { # USER COMMAND…
    on_desktop "$1" "" env -u DISPLAY "$(cat "/box/$1.env")" "${@:2}"
}
gone() { # USER: nothing is shown any more
    in_time is_bare "$1" || fail "$1 still sees it"
}
is_bare() {
    [ "$(on_sway "$1" dunstctl count displayed)" = 0 ]
}
for user in ana bruno carol; do sway_on $user; done
start_curfew --config /box/curfew.lua
for user in ana bruno carol; do shows $user 'at work for session'; done

noted ana 'logged off in 48 seconds'
journal '"what":"warn"' '"user":"ana"' 'logged off in 48 seconds'
[ "$(on_sway ana dunstctl count displayed)" = 1 ] || fail "ana does not see it: $(tail -n 30 /box/ana.notes)"
on_sway ana grim - >/box/sway.png # for whoever wants to see it
[[ $(/build/curfew why "$(id_of ana)") == *'idle for 1'* ]] || fail "$(/build/curfew why "$(id_of ana)")"
begun=${EPOCHREALTIME/./}
on_sway ana wtype a
journal '"what":"stays"' '"user":"ana"'
took=$((${EPOCHREALTIME/./} - begun))
gone ana
[ "$took" -lt 4500000 ] || fail "as late as by asking every five seconds: $took microseconds"
echo "from the key until it was taken back: $took microseconds"

noted bruno 'logged off in 48 seconds'
on_sway bruno dunstctl action 0
journal '"what":"answer"' '"user":"bruno"' '"reason":"yes"'
gone bruno
noted carol 'logged off in 4 seconds'
journal '"what":"ended"' '"user":"carol"'
none_runs carol 'sway|dunst|curfew-agent'
[ -n "$(id_of ana)" ] && [ -n "$(id_of bruno)" ] || fail "$(loginctl)"
stop_curfew
