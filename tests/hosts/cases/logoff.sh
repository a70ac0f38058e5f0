# A logoff ends this very session with all its processes, or says why not.
log_on ana ana
log_on bruno bruno
type_in ana 'nohup setsid sleep 1001 >/dev/null 2>&1 & echo left-$((1 + 1))'
shows ana left-2
ana=$(id_of ana) bruno=$(id_of bruno)
sessions_aged 7200
probe

say stranger
say logoff "$ana"
expect 'done gone *another session*'
touch -a -d '1 hour ago' "$(terminal_of ana)"
say quiet 5400
say logoff "$ana"
expect 'done stale *input*'
say refresh "$ana" user
expect 'done done * user=ana'

# Whoever may not, is told so.
quit_probe
probe su ana -c 'exec "$0"'
say logoff "$bruno"
expect 'done denied *'
quit_probe

probe
say quiet 1800
say logoff "$ana"
expect_all 'done done *' "gone $ana *"
[ "$(processes_of ana)" = 0 ] || fail "left: $(ps -u ana)"
[ "$(processes_of bruno)" -gt 0 ] || fail "bruno's session went too"
say disconnect "$bruno"
expect 'done unsupported *'

# A terminal that cannot be read any more is no proof of quiet.
chown carol "$(terminal_of bruno)"
say quiet 1800
say logoff "$bruno"
expect 'done stale *'
quit_probe
