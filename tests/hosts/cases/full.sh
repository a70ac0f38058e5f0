# The journal's disk is full: nobody is warned or ended, which curfew says. Once there is space, it goes on.
mkdir -m 700 /var/lib/curfew
mount -t tmpfs -o size=256k,mode=700 tmpfs /var/lib/curfew
cat >/box/curfew.lua <<'LUA'
dry_run  = false
policies = { { "/box/policies/idle.lua", limit = "5s", warnings = { "4s" } } }
limits = { notice = "3s" }
LUA
start_curfew --config /box/curfew.lua
grep -qF -m 1 'at work' <(timeout 20 tail -c +1 -f /box/curfew)
dd if=/dev/zero of=/var/lib/curfew/filler bs=1k 2>/dev/null || true
log_on ana ana
ana=$(id_of ana)
grep -qF -m 1 'the journal cannot be written, so nothing is done to sessions' <(timeout 20 tail -c +1 -f /box/curfew) ||
    fail "curfew does not say so: $(cat /box/curfew)"
/build/curfew status >/box/status
grep -qF 'NOTHING IS DONE AT PRESENT' /box/status || fail "status does not say so: $(cat /box/status)"
log_on bruno bruno
bruno=$(id_of bruno)
journal 'this was not done: warn' "\"session\":\"$bruno\""
/build/curfew why "$bruno" >/box/why || fail "curfew does not answer: $(cat /box/why)"
shows_not ana 'logged off'
shows_not bruno 'logged off'

rm /var/lib/curfew/filler
log_on carol carol
carol=$(id_of carol)
journal '"what":"ended"' "\"session\":\"$carol\""
shows carol 'in 4 seconds.'
/build/curfew status >/box/status
! grep -F 'NOTHING IS DONE' /box/status || fail "status still says so"
grep -qE '"what":"logoff".*"user":"carol"' <(/build/curfew journal --json) || fail "carol's end is not on disk"
grep -qF 'could not be written for a while' <(/build/curfew journal --json) || fail "not journalled: $(/build/curfew journal)"
stop_curfew
