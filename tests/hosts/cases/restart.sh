# logind is restarted in mid-countdown: the sessions are the same ones, and the countdown goes on.
log_on ana ana
ana=$(id_of ana)
sessions_aged 7200
touch -a -d '1 hour ago' "$(terminal_of ana)"
cat >/box/curfew.lua <<'LUA'
dry_run  = false
policies = { { "/box/policies/idle.lua", limit = "30m", warnings = { "6s", "4s" } } }
limits = { notice = "3s" }
LUA
start_curfew --config /box/curfew.lua
shows ana 'in 6 seconds.'
systemctl restart systemd-logind
shows ana 'in 4 seconds.'
journal '"what":"ended"' "\"session\":\"$ana\""
[ "$(processes_of ana)" = 0 ] || fail "left of ana: $(ps -u ana)"
[ "$(grep -c '"what":"warn"' /box/journal)" = 2 ] || fail "not two warnings"
stop_curfew
