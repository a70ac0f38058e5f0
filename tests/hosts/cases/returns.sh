# on: bookworm trixie
# A key takes the warning back before the next one is due, in whatever reads it, and wherever it was typed: also in a tmux
# that was started in one session and is attached from another. The kernel tells of the key, nobody looks for it. Who does
# not type is ended. How long it takes, scripts/bench measures.
for label in bash cat less vim; do log_on $label daniel; done
log_on first ana
log_on second ana
log_on bruno bruno
first=$(session_at first) second=$(session_at second) bruno=$(session_at bruno)
type_in first 'tmux new-session -d; echo begun-$((1 + 1))'
shows first begun-2
sessions_aged 7200
type_in second 'TERM=xterm tmux attach'
type_in second 'echo pane-$((1 + 1))'
shows second pane-2
type_in cat cat
type_in less 'TERM=xterm less /etc/services || TERM=xterm less /etc/passwd'
type_in vim 'TERM=xterm vim.tiny -u NONE'
for program in cat less vim.tiny; do until pgrep -u daniel -x $program >/dev/null; do :; done; done
for user in ana bruno daniel; do terminals_aged $user; done

cat >/box/curfew.lua <<'LUA'
dry_run  = false
policies = { { "/box/policies/idle.lua", limit = "30m", warnings = { "15s", "6s" } } }
limits = { notice = "3s", share = 1 }
LUA
start_curfew --config /box/curfew.lua
for label in bash cat less vim first second bruno; do shows $label 'you will be logged off in 15 seconds.'; done

for label in bash cat less vim first second bruno; do watched_at $label; done

for label in bash cat less vim; do
    type_in $label x
    shows $label 'You stay logged on.'
done
type_in second x
shows second 'You stay logged on.'
shows first 'You stay logged on.'

journal '"what":"ended"' "\"session\":\"$bruno\""
for label in bash cat less vim first second; do shows_not $label 'in 6 seconds'; done
[ "$(loginctl --no-legend list-sessions | awk '$3 == "ana"' | grep -cE "^ *($first|$second) ")" = 2 ] || fail "ana was ended"
[ "$(pgrep -c -u daniel -x 'bash|cat|less|vim.tiny')" -ge 4 ] || fail "daniel was ended: $(ps -u daniel)"
stop_curfew
