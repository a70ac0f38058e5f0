# on: trixie
# A scenario of tests/decisions, played by ssh sessions and real keys: the decisions are those of the simulator. Of what is
# about to happen to somebody nothing is done before all that the simulator decided about them by then was decided here, too.
# The kernel notes a terminal's times by eights of seconds, rounded down: so the scenario begins with one of these, and its keys
# come right after each.
cd /src/tests/decisions
/build/curfew simulate --json --scenario seconds.jsonl --config seconds.conf >/box/simulated
./decisions </box/simulated >/box/by-sim
[ -s /box/by-sim ] || fail "the simulator decides nothing"

# At its second of the scenario, whose start is $start.
await() { # MICROSECONDS
    local left
    while left=$((start + $1 - ${EPOCHREALTIME/./})) && ((left > 0)); do
        read -rt "$((left / 1000000)).$(printf %06d $((left % 1000000)))" <>/box/nothing || true
    done
}

# decided_by USER MICROSECONDS: waits for as many decisions as the simulator had made about them before.
decided_by() {
    local wanted
    wanted=$(awk -F'"' -v user="\"user\":\"$1\"" -v by="$2" '
        index($0, user) { split($6, at, /[T:Z]/); if ((at[3] * 60 + at[4]) * 1000000 < by) n++ }
        END { print n + 0 }' /box/simulated)
    [ "$wanted" = 0 ] || [ "$(grep -cF -m "$wanted" "\"user\":\"$1\"" <(timeout 40 tail -c +1 -f /box/journal))" = "$wanted" ] ||
        fail "not $wanted decisions about $1: $(tail -n 5 /box/journal /box/curfew)"
}
mkfifo /box/nothing

play() { # WHAT USER SOURCE
    case $1 in
    logon)
        useradd --create-home --shell /bin/bash "$2"
        cp -r ~ana/.ssh "/home/$2/" && chown -R "$2" "/home/$2/.ssh"
        [ -n "$3" ] && log_on_plain "$2" 'exec sleep 1000' || log_on "$2" "$2"
        ;;
    input) type_in "$2" '' ;;
    logoff) pkill -f "^ssh -tt .*$2@" ;; # a connection that ends; to type "exit" is input
    *) fail "no terminal can: $1" ;;
    esac
}

declare -A users
start=
while IFS= read -r event; do
    [[ $event =~ \"at_us\":([0-9]+),\"what\":\"([a-z]+)\",\"label\":([0-9]+) ]] || continue
    at=${BASH_REMATCH[1]} what=${BASH_REMATCH[2]} label=${BASH_REMATCH[3]} source=
    [[ ! $event =~ \"user\":\"([a-z]+)\" ]] || users[$label]=${BASH_REMATCH[1]}
    [[ $event != *idle_source* ]] || source=none
    if [ "$at" != 0 ] && [ -z "$start" ]; then
        start_curfew --config seconds.conf
        grep -qF -m 1 'at work' <(timeout 20 tail -c +1 -f /box/curfew) || fail "$(cat /box/curfew)"
        start=$(((EPOCHSECONDS / 8 + 1) * 8000000))
    fi
    [ "$at" = 0 ] || { await "$at"; decided_by "${users[$label]}" "$at"; }
    play "$what" "${users[$label]}" "$source"
done <seconds.jsonl
for user in "${users[@]}"; do decided_by "$user" 999999999; done
./decisions </box/journal | diff /box/by-sim - || fail "here on the right, the simulator's on the left; $(cat /box/journal)"
stop_curfew
