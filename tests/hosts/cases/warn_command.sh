# Warnings that no terminal takes, by a command: they count where it ends with 0, and only there.
for user in ana bruno; do log_on $user $user; done
ana=$(session_at ana) bruno=$(session_at bruno)
sessions_aged 7200
cat >/box/mail <<'SH'
#!/bin/sh
[ "$CURFEW_USER" = ana ] || exit 1
{ echo "$CURFEW_SESSION $CURFEW_USER $CURFEW_HOST $CURFEW_LEFT"; cat; } >>/box/mailed
SH
cat >/box/curfew.lua <<'LUA'
dry_run      = false
policies     = { { "/box/policies/idle.lua", limit = "10s", warnings = { "5s" } } }
limits       = { notice = "3s", share = 1 }
warn_command = { "/box/mail" }
LUA
chmod 777 /box/mail
! timeout 20 /build/curfew run --config /box/curfew.lua 2>/box/said || fail "it starts with a command of anybody's"
grep -q /box/mail /box/said || fail "$(cat /box/said)"
chmod 755 /box/mail
for user in ana bruno; do
    type_in $user $'\x13'
    terminals_aged $user
done
start_curfew --config /box/curfew.lua
journal '"what":"sent"' "\"session\":\"$ana\"" 'delivered by warn_command'
journal '"what":"failed"' "\"session\":\"$bruno\"" 'warn_command ended with status 1'
journal '"what":"refused"' "\"session\":\"$bruno\"" 'a warning reached nobody'
journal '"what":"ended"' "\"session\":\"$ana\""
! grep '"what":"logoff"' /box/journal | grep "\"session\":\"$bruno\"" || fail "bruno was told nothing: $(cat /box/journal)"
[ "$(cat /box/mailed)" = "$ana ana $(uname -n) 5
No activity: you will be logged off in 5 seconds." ] || fail "$(cat /box/mailed)"
stop_curfew
