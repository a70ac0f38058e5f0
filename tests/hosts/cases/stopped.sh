# logind does not answer for the last fifteen seconds of a countdown. Who has typed in it stays, and is not ended by what
# was read before; who has not is ended only once there is a reading again.
log_on ana ana
log_on bruno bruno
ana=$(session_at ana) bruno=$(session_at bruno)
sessions_aged 7200
for user in ana bruno; do terminals_aged $user; done
cat >/box/curfew.lua <<'LUA'
dry_run  = false
policies = { { "/box/policies/idle.lua", limit = "20s", warnings = { "12s" } } }
limits = { notice = "3s", share = 1 }
LUA
start_curfew --config /box/curfew.lua
for label in ana bruno; do shows $label 'you will be logged off in 12 seconds.'; done
systemctl kill --signal=STOP systemd-logind
type_in ana 'read -r -t 15; echo passed-$((1 + 1))' # reads nothing more, so nothing more is typed
shows ana passed-2
[ "$(grep -c '"what":"ended"' /box/journal)" = 0 ] || fail "$(cat /box/journal)"
systemctl kill --signal=CONT systemd-logind
shows bruno 'you will be logged off in 12 seconds.'
journal '"what":"ended"' "\"session\":\"$bruno\""
! grep '"what":"ended"' /box/journal | grep "\"session\":\"$ana\"" || fail "ana was ended: $(cat /box/journal)"
stop_curfew
