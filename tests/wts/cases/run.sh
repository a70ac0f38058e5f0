# Policies at work: three minutes in fourteen seconds, on the terminal server and on the simulator, by the same file of events.
# shellcheck shell=bash disable=SC2154
cp "$here/asks.lua" "$here/minutes.jsonl" .
limit=120
on SCENARIO=minutes.jsonl SPEED=12 curfew run --json --no-dry-run --backend wts asks.lua
done_at 'logoff idle' 'logoff away' 'ask idle 3' && not_done 'logoff active' 'logoff console'
verdict 'curfew run ends who left, and neither who works nor the console'
grep -q '"what":"stays".*"user":"returns"\|"user":"returns".*"what":"stays"' said && grep -q '"what":"answer"' said
verdict 'who came back stays, and so does who answered'
"$here/decisions" <said >by-wts
on curfew simulate --json --scenario minutes.jsonl asks.lua && "$here/decisions" <said >by-sim
[ -s by-sim ] && diff by-sim by-wts >said
verdict 'sim and wts decide the same'

on SCENARIO=minutes.jsonl SPEED=12 FAULTS='denied=1 hang-message=4' curfew run --json --no-dry-run --backend wts asks.lua
done_at 'logoff away' && not_done 'logoff idle' 'ask answers'
verdict 'access denied, and a message that hangs: these two stay, the others do not'
on SCENARIO=minutes.jsonl SPEED=12 FAULTS='hang-logoff=1' curfew run --json --no-dry-run --backend wts asks.lua
done_at 'hangs idle' 'logoff away' && not_done 'logoff idle'
verdict 'a logoff that blocks for ever holds up no other'
