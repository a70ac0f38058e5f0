# on: trixie-desktop bookworm-desktop
# A second display beside a session's own, at which its user may be at work from elsewhere: in the scope of a desktop at the
# machine's seat, or begun by its user's service manager, which ends with their last session unless they linger. While it runs nobody knows
# the idle time of that user's sessions.
cat >/box/curfew.lua <<'LUA'
dry_run  = true
policies = { { "/box/policies/idle.lua", limit = "4h" } }
LUA
desktop_seat=seat0
desktop_on ana ana :5
log_on bruno bruno
start_curfew --config /box/curfew.lua
shows ana 'at work for session'
ana=$(id_of ana) bruno=$(session_at bruno)
[ "$(loginctl show-session -P Seat "$ana")" = seat0 ] || fail "$(loginctl show-session "$ana")"

known() { # SESSION: its idle time is
    comes_to_say ', idle ' /build/curfew why "$1"
}
unknown() {
    comes_to_say 'nobody knows its idle time' /build/curfew why "$1"
}
managed() { # USER COMMAND…: begun by the user's service manager
    systemd-run --quiet --user --machine="$1@" "${@:2}"
}

known "$ana"
known "$bruno"
within ana "$ana" runuser -u ana -- Xvfb :78 -nolisten tcp >/dev/null 2>&1 &
unknown "$ana"
known "$bruno"
pkill -u ana -x Xvfb
known "$ana"

managed ana Xvfb :79 -nolisten tcp
managed bruno Xvfb :80 -nolisten tcp
unknown "$ana"
unknown "$bruno"
/build/curfew sessions --json | grep '"user":"bruno"' | grep -q '"idle":null' || fail "$(/build/curfew sessions --json)"
loginctl enable-linger bruno # then it goes on without a session
known "$bruno"
unknown "$ana"
pkill -u ana -x Xvfb
known "$ana"
