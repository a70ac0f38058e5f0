# tskill ends the very process that it has looked at, here; and what Windows' commands say of another host, by Windows itself.
# shellcheck shell=bash disable=SC2154
victim() { # a process, $victim: the console's helper
    begin SCENARIO=console.jsonl FAULTS=system run --json --backend wts --config curfew.lua && until_in engine.log '^begin ana [0-9]'
    victim=$(sed -n 's/^begin ana \([0-9]*\):.*/\1/p' engine.log | tail -n 1)
}
chmod 700 "$folder"
printf 'policies = { { "idle.lua" } }\n' >curfew.lua
cp policies/idle.lua .
printf '%s\n' '{"curfew-scenario":1,"start":"2026-03-02T09:00:00Z","length_us":3600000000}' \
    '{"at_us":0,"what":"logon","label":0,"session":{"user":"ana","uid":1001,"type":"console","seat":"seat0","name":"console"}}' >console.jsonl
victim && on SESSIONS=2 FAULTS="process=$victim" tskill "$victim" /server:elsewhere && says 1 'another host cannot be ended from here' &&
    on SESSIONS=2 FAULTS="process=$victim" tskill "$victim" /v && says 0 "Ending process $victim (victim.exe)" &&
    on SESSIONS=2 FAULTS="process=$victim" tskill "$victim" && says 0
verdict 'tskill: by number; of another host it is refused; one that has gone is no error'
crash
victim && on SESSIONS=2 FAULTS="process=$victim" tskill victim.exe /id:1 /v && says 0 "Ending process $victim"
verdict '… by its name'
crash
on SESSIONS=2 tskill nobody.exe /a && says 1 'No Process exists for nobody.exe'
verdict '… of none'

set -f # a * is meant as it stands
while read -r wanted words; do
    # shellcheck disable=SC2086 # words
    on SESSIONS=3 $words && says 0 $wanted
    verdict "$words"
done <<'END'
user3 quser /server:elsewhere
user3 query user /server:elsewhere
user3 qwinsta /server:elsewhere
user3 query session /server:elsewhere
explorer.exe query process * /server:elsewhere
explorer.exe qprocess /id:2 /server:elsewhere
elsewhere: quser /server:elsewhere,another
another: query process * /server:elsewhere,another
ended logoff 2 /server:elsewhere /v
ended rwinsta 2 /server:elsewhere /v
ended reset session 2 /server:elsewhere /v
Disconnecting tsdiscon 2 /server:elsewhere /v
END
set +f
on SESSIONS=3 msg user2 /server:elsewhere hello && says 0 && done_to 'message user2 60: .*hello'
verdict 'msg /server:'
on SESSIONS=3 query termserver && says 1 'no directory here tells'
verdict 'query termserver is refused'
