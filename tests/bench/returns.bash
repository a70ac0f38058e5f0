# Inside a box, after tests/hosts/inside.bash: how long after a key a warning is taken back. Prints the times, in ms. Ten people
# have been idle for an hour; curfew, started anew for each of ten rounds, warns them; each types one key.
labels=(a b c d e f g h i j) users=(ana bruno carol daniel)
for i in "${!labels[@]}"; do log_on "${labels[i]}" "${users[i % 4]}"; done
sessions_aged 7200
cat >/box/curfew.lua <<'LUA'
dry_run  = false
policies = { { "/box/policies/idle.lua", limit = "30m", warnings = { "60s" } } }
limits = { notice = "3s", share = 1 }
LUA
for round in {1..10}; do
    for user in "${users[@]}"; do terminals_aged "$user"; done
    for label in "${labels[@]}"; do : >"/box/$label.out"; done
    start_curfew --config /box/curfew.lua
    for label in "${labels[@]}"; do shows "$label" 'you will be logged off in 1 minute.'; done
    for label in "${labels[@]}"; do
        began=${EPOCHREALTIME/./}
        type_in "$label" x
        shows "$label" 'You stay logged on.'
        echo $(((${EPOCHREALTIME/./} - began) / 1000))
    done
    stop_curfew
done
