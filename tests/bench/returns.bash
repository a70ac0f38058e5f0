# Inside a box, after tests/hosts/inside.bash: how long after a key a warning is taken back. Prints "key MS", and "why MS" of
# how long their own user is told why, which reads the session first. Ten people have been idle for an hour; curfew, started
# anew for each of ten rounds, warns them; each types one key. Beside eight users who flood it, where /box/state has a journal.
labels=(a b c d e f g h i j) users=(ana bruno carol daniel)
for i in "${!labels[@]}"; do log_on "${labels[i]}" "${users[i % 4]}"; done
honest=$(session_at a)
if [ -d /box/state ]; then
    for i in {1..8}; do useradd --uid $((2000 + i)) "flood$i"; done
    /build/tests/bench_sessions 8 flood{1..8} >/box/made &
    grep -q -m 1 . <(timeout 20 tail -c +1 -f /box/made) || fail "eight more sessions cannot be made"
    # shellcheck disable=SC2046 # one word each
    /build/tests/bench_hostile flood /run/curfew/control \
        $(loginctl --no-legend list-sessions | awk '$3 ~ /^flood/ { print $2 ":" $1 }') 2>/dev/null &
fi
sessions_aged 7200
cat >/box/curfew.lua <<'LUA'
dry_run  = false
policies = { { "/box/policies/idle.lua", limit = "30m", warnings = { "60s" } } }
limits = { notice = "3s", share = 1 }
LUA
for round in {1..10}; do
    for user in "${users[@]}"; do terminals_aged "$user"; done
    for label in "${labels[@]}"; do : >"/box/$label.out"; done
    start_curfew --config /box/curfew.lua $([ ! -d /box/state ] || echo --state /box/state)
    for label in "${labels[@]}"; do shows "$label" 'you will be logged off in 1 minute.'; done
    for label in "${labels[@]}"; do
        began=${EPOCHREALTIME/./}
        type_in "$label" x
        shows "$label" 'You stay logged on.'
        echo "key $(((${EPOCHREALTIME/./} - began) / 1000))"
        began=${EPOCHREALTIME/./}
        setpriv --reuid ana --regid ana --clear-groups /build/curfew why "$honest" >/dev/null
        echo "why $(((${EPOCHREALTIME/./} - began) / 1000))"
    done
    stop_curfew
done
