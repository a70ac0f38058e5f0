# As installed, curfew decides and says so, and does nothing: no warning is shown and nobody is logged off.
log_on ana ana
ana=$(id_of ana)
sessions_aged 7200
touch -a -d '1 hour ago' "$(terminal_of ana)"
cat >/box/curfew.lua <<'LUA'
policies = { { "/box/policies/idle.lua", limit = "30m", warnings = { "3s" } } }
limits = { notice = "2s" }
LUA
start_curfew --config /box/curfew.lua
journal '"what":"warn"' "\"session\":\"$ana\"" '"dry_run":true'
journal '"what":"logoff"' "\"session\":\"$ana\"" '"dry_run":true'
stop_curfew
! grep -v '"dry_run":true' /box/journal || fail "something was not a dry run"
shows_not ana 'No activity'
[ "$(id_of ana)" = "$ana" ] || fail "ana's session is gone"
