# Policies at work on the terminal server and on the simulator, by the same file of events. Time leaps.
# shellcheck shell=bash disable=SC2154
cp "$root"/tests/decisions/{minutes,seconds,asks}.* . # there is who plays seconds.jsonl on a real logind, too
decisions=$root/tests/decisions/decisions
on SCENARIO=minutes.jsonl SPEED=leap curfew run --json --no-dry-run --backend wts asks.lua
done_at 'logoff idle' 'logoff away' 'ask idle 3' && not_done 'logoff active' 'logoff console'
verdict 'curfew run ends who left, and neither who works nor the console'
grep -q '"what":"stays".*"user":"returns"\|"user":"returns".*"what":"stays"' said && grep -q '"what":"answer"' said
verdict 'who came back stays, and so does who answered'
"$decisions" <said >by-wts
on curfew simulate --json --scenario minutes.jsonl asks.lua && "$decisions" <said >by-sim
[ -s by-sim ] && diff by-sim by-wts >said
verdict 'sim and wts decide the same'
on SCENARIO=seconds.jsonl SPEED=leap curfew run --json --config seconds.conf --backend wts && "$decisions" <said >by-wts
on curfew simulate --json --scenario seconds.jsonl --config seconds.conf && "$decisions" <said >by-sim
[ -s by-sim ] && diff by-sim by-wts >said
verdict '… and what people at terminals do, which a real logind is tried by, too'

# Right between the engine's last look and the act: only the back end can see it.
cp "$here/leaves.lua" .
printf '%s\n' '{"curfew-scenario":1,"start":"2026-03-02T09:00:00Z","length_us":90000000}' \
    '{"at_us":1000000,"what":"logon","label":0,"session":{"user":"idle","uid":1001,"type":"rdp"}}' >alone.jsonl
on SCENARIO=alone.jsonl SPEED=leap curfew run --json --no-dry-run --backend wts leaves.lua
done_at 'disconnect idle'
verdict 'who left is disconnected'
for look in 5 6 4 7; do # how many looks it takes up to the act is the engine's affair; what it refuses by itself reads otherwise
    on SCENARIO=alone.jsonl SPEED=leap FAULTS="typed=1 typed-at=$look" curfew run --json --no-dry-run --backend wts leaves.lua
    ! grep -q 'there was activity at the last moment' said || break
done
done_at 'types idle' && not_done 'disconnect' && grep -q 'there was activity at the last moment' said
verdict 'who types between the last look and the act is left alone'

on SCENARIO=minutes.jsonl SPEED=leap FAULTS='denied=1 hang-message=4' curfew run --json --no-dry-run --backend wts asks.lua
done_at 'logoff away' && not_done 'logoff idle' 'ask answers'
verdict 'access denied, and a message that hangs: these two stay, the others do not'
on SCENARIO=minutes.jsonl SPEED=leap FAULTS='hang-logoff=1' curfew run --json --no-dry-run --backend wts asks.lua
done_at 'hangs idle' 'logoff away' && not_done 'logoff idle'
verdict 'a logoff that blocks for ever holds up no other'
