# on: bookworm trixie
# A logoff by leftovers = "keep" ends a session as if its line had dropped: a tmux server that was begun in it goes on, and a
# job that was to outlive it, while the session closes, and is left alone. By the usual "end" all of it ends.
for user in ana bruno; do
    log_on $user $user
    type_in $user 'tmux new-session -d "exec sleep 3001"; nohup sleep 3002 >/dev/null 2>&1 & sleep 3003'
    for job in 3001 3002 3003; do until pgrep -u $user -fx "sleep $job" >/dev/null; do :; done; done
done
log_on carol carol
ana=$(id_of ana) bruno=$(id_of bruno) carol=$(id_of carol)
sessions_aged 7200
terminals_aged ana
terminals_aged bruno
cat >/box/curfew.lua <<'LUA'
dry_run  = false
policies = {
  { "/box/policies/idle.lua", limit = "30m", warnings = { "4s" }, leftovers = "keep", only = { users = { "ana" } } },
  { "/box/policies/idle.lua", name = "all", limit = "30m", warnings = { "4s" }, only = { users = { "bruno" } } },
}
limits = { notice = "3s", ends = "3s" }
LUA
start_curfew --config /box/curfew.lua
journal '"what":"ended"' "\"session\":\"$bruno\""
timeout 10 bash -c 'while pgrep -u bruno -f "tmux|sleep"; do :; done' >/dev/null || fail "left of bruno: $(ps -u bruno)"
journal '"what":"ended"' "\"session\":\"$ana\"" 'what its user has left running goes on'
[ "$(loginctl show-session "$ana" -P State)" = closing ] || fail "ana's session is $(loginctl show-session "$ana")"
! pgrep -u ana -fx 'sleep 3003' >/dev/null || fail 'what ana had before her is still there'
for job in 3001 3002; do pgrep -u ana -fx "sleep $job" >/dev/null || fail "sleep $job was ended: $(ps -u ana)"; done
is_there "$carol" || fail 'carol is gone'

# She comes back to it. Nobody ends what is left behind, however idle that is.
log_on again ana
type_in again 'tmux list-sessions; echo listed-$((1 + 1))'
shows again listed-2
shows again '1 windows'
stop_curfew
rows=$(grep -c "\"session\":\"$ana\"" /box/journal)
[ "$rows" = 3 ] || fail "not warned, logged off and ended: $(cat /box/journal)"
