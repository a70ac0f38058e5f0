# on: trixie-desktop
# GNOME on Wayland, by Mutter's monitor of idleness on the user's bus (here a false one of the same words): idle by its word,
# and told of the next input. On Wayland without it nobody knows, whatever an X server says that sees only some of the input.
cat >/box/curfew.lua <<'LUA'
dry_run  = false
policies = { { "/box/policies/idle.lua", limit = "1860s", warnings = { "100s" } } }
limits   = { notice = "3s", share = 1 }
LUA
desktop_type=wayland
echo 1800000 >/box/ana.idle
desktop_on ana ana :5 '/build/tests/false_desktop /box/ana & until busctl --user status org.gnome.Mutter.IdleMonitor >/dev/null 2>&1; do :; done; /build/curfew-agent'
desktop_on bruno bruno :6
sessions_aged 7200
terminals_aged ana
terminals_aged bruno
ana=$(id_of ana) bruno=$(id_of bruno)
start_curfew --config /box/curfew.lua
shows ana 'at work for session'
shows bruno 'at work for session'
noted ana 'you will be logged off in 1 minute'
told=$(/build/curfew why "$ana")
[[ $told == *'idle for 30 minutes'* ]] || fail "$told"
pkill -USR1 -x false_desktop
journal '"what":"stays"' "\"session\":\"$ana\"" activity
told=$(/build/curfew why "$ana")
[[ $told != *'idle for 30'* && $told == *'idle for'* ]] || fail "$told"

told=$(/build/curfew why "$bruno")
[[ $told == *'nobody knows its idle time'* && $told == *"this session's agent says nothing of input"* ]] || fail "$told"
! grep -q '"user":"bruno"' /box/journal || fail "$(grep bruno /box/journal)"
stop_curfew
