# on: bookworm trixie
# The engine hangs: systemd's watchdog kills it and starts it again, and nobody is ended but after a warning of the new life.
service_installed
mkdir /etc/systemd/system/curfew.service.d
printf '[Service]\nWatchdogSec=2s\nRestartSec=2s\n' >/etc/systemd/system/curfew.service.d/quick.conf
systemctl daemon-reload
cat >/etc/curfew/curfew.lua <<'LUA'
dry_run  = false
policies = { { "/etc/curfew/policies/idle.lua", limit = "20s", warnings = { "8s" } } }
limits   = { notice = "3s", share = 1 }
LUA
for user in ana bruno; do log_on $user $user; done
ana=$(session_at ana) bruno=$(session_at bruno)
sessions_aged 7200
for user in ana bruno; do terminals_aged $user; done
service_started
for user in ana bruno; do shows $user 'you will be logged off in 8 seconds.'; done
first=$(systemctl show -P MainPID curfew)
kill -STOP "$first"
type_in bruno 'read -r -t 15; echo passed-$((1 + 1))' # and types nothing more
until [ "$(systemctl show -P Result curfew)" = watchdog ]; do [ "$(systemctl show -P NRestarts curfew)" = 0 ] || fail "killed, but not for the watchdog"; done
entry 'the run before did not end by itself: curfew was killed'
[ "$(systemctl show -P MainPID curfew)" != "$first" ] && [ "$(systemctl show -P NRestarts curfew)" = 1 ] ||
    fail "$(systemctl show curfew | grep -E 'PID|NRestarts')"
curfew status >/box/status || fail "no status"
systemctl show -P StatusText curfew >>/box/status

entry '"what":"ended"' "\"session\":\"$ana\""
is_there "$bruno" || fail "bruno was at it while the engine hung, and was ended: $(curfew journal)"
row=$(curfew journal --json | grep -E "\"session\":\"$ana\"|did not end" |
    sed -E 's/.*in 8 seconds.*/w/; s/.*did not end by itself.*/K/; s/.*"what":"logoff".*/L/; s/.*"what":"ended".*/E/' | tr -d '\n')
[ "$row" = wKwLE ] || fail "$row: $(curfew journal)"
[ "$(grep -cF 'in 8 seconds.' /box/ana.out)" = 2 ] || fail "ana is not warned anew: $(cat /box/ana.out)"
systemctl stop curfew
