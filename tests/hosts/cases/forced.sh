# A session whose processes ignore every request to end is closing until it is forced.
log_on ana ana
type_in ana "nohup setsid bash -c 'trap \"\" TERM HUP; echo deaf >/tmp/deaf; while :; do sleep 1000; done' >/dev/null 2>&1 &"
grep -qF -m 1 deaf <(timeout 10 tail -F /tmp/deaf 2>/dev/null)
ana=$(id_of ana)
probe
say logoff "$ana"
expect 'done done *'
expect "changed $ana *closing=yes*"
[ "$(processes_of ana)" -gt 0 ] || fail "nothing ignored the request"
say force "$ana"
expect_all 'done done *' "gone $ana *"
[ "$(processes_of ana)" = 0 ] || fail "left: $(ps -u ana)"
quit_probe
