# logind frozen, restarted, gone; the bus broken: requests end in time, and the host is found again.
log_on ana ana
ana=$(id_of ana)
probe

logind=$(systemctl show -P MainPID systemd-logind)
kill -STOP "$logind"
say limit 1
say refresh "$ana" idle
expect 'done timeout *'
say logoff "$ana"
expect 'done timeout *'
say refresh "$ana" idle # under way while it is killed: whoever is logind next may answer
kill -KILL "$logind"
expect_all 'lost *' 'done *' 'found' 'listed 1'
say limit 10
say refresh "$ana" user
expect 'done done * user=ana'

systemctl restart systemd-logind
expect 'lost *'
expect 'found'
expect 'listed 1'

# Without its bus logind cannot live either: systemd starts both anew.
systemctl kill --signal=KILL dbus.service
expect 'lost *'
say refresh "$ana" idle
expect 'done unavailable *'
systemctl restart dbus.service systemd-logind.service
expect 'found'
expect 'listed 1'
say refresh "$ana" user
expect 'done done * user=ana'

# Closing with requests under way leaves nothing behind.
kill -STOP "$(systemctl show -P MainPID systemd-logind)"
say refresh "$ana" idle groups
say list
say warn "$ana" 1 'Never answered.'
quit_probe
