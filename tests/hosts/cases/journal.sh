# The journal on disk, and in the system's own; curfew is killed while a logoff is under way, and looks it up again.
mkdir -m 700 /var/lib/curfew
log_on ana ana
ana=$(id_of ana)
sessions_aged 7200
touch -a -d '1 hour ago' "$(terminal_of ana)"
cat >/box/curfew.lua <<'LUA'
dry_run  = false
policies = { { "/box/policies/idle.lua", limit = "30m", warnings = { "4s" } } }
limits = { notice = "3s" }
LUA
start_curfew --config /box/curfew.lua
journal '"what":"warn"' "\"session\":\"$ana\""
on_disk 1 '"what":"logoff"'
kill_curfew
start_curfew --config /box/curfew.lua
for _ in 1 2; do # at once, or once it has been looked up
    outcomes=$(/build/curfew journal --session "$ana" --json | grep -cE '"what":"(ended|failed)"' || true)
    [ "$outcomes" = 0 ] || break
    journal "\"session\":\"$ana\""
done
stop_curfew
/build/curfew journal --session "$ana" --json >/box/read
[ "$(grep -c '"what":"logoff"' /box/read)" = 1 ] || fail "not one logoff: $(cat /box/read)"
[ "$(grep -cE '"what":"(ended|failed)"' /box/read)" = 1 ] || fail "not one outcome: $(cat /box/read)"
# The copy of a row follows it, so that of the last one before the end may be missing.
journalctl --no-pager -o verbose CURFEW_WHAT=warn "CURFEW_SESSION=$ana" >/box/system || true
grep -q 'CURFEW_POLICY=idle' /box/system || fail "not in the system's journal: $(cat /box/system)"
[ "$(stat -c %a /var/lib/curfew/journal.db)" = 600 ] || fail "journal.db can be read by others"
