# curfew is killed in mid-countdown, twice, and in the midst of a logoff: each time all begins anew, and nothing is lost.
mkdir -m 700 /var/lib/curfew
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
journal 'in 6 seconds.'
on_disk 1 'in 6 seconds.'
kill_curfew
start_curfew --config /box/curfew.lua
on_disk 1 'in 4 seconds.'
kill_curfew
start_curfew --config /box/curfew.lua
on_disk 1 '"what":"logoff"'
kill_curfew
start_curfew --config /box/curfew.lua
grep -qE -m 1 '"what":"ended"' <(timeout 60 /build/curfew journal --follow --json --session "$ana") || fail "ana is not ended"
grep -qm 1 'at work' <(timeout 40 tail -c +1 -f /box/curfew) || fail "it does not come up: $(cat /box/curfew)" # the life before may have seen the end
stop_curfew
[ -z "$(id_of ana)" ] || fail "ana's session is still there"

# Warnings of 6 and 4 seconds, logoffs and outcomes, in a row. The last logoff may have been asked of the host, or not; one that was said to have failed may end after all.
row=$(/build/curfew journal --json --session "$ana" | sed -E 's/.*in ([64]) seconds.*/\1/; s/.*"what":"logoff".*/L/; s/.*"what":"(ended|failed)".*/O/' | tr -d '\n')
[[ $row =~ ^66464LOO?(64LOO?)?$ ]] || fail "$row: $(/build/curfew journal)"
