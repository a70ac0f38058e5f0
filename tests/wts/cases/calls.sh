# How often the server is asked: about each session once, and again only about those that have changed.
# shellcheck shell=bash disable=SC2154
queries=WTSQuerySessionInformationW own=1 # the session in which curfew is itself, once
for command in quser qwinsta 'curfew sessions'; do
    # shellcheck disable=SC2086 # words
    on SESSIONS=1000 $command && says 0 user1 user1000 && [ "$(calls WTSEnumerateSessionsExW)" = 1 ] && [ "$(calls $queries)" -le $((1000 + own)) ]
    verdict "$command asks about each session once"
done
{
    printf '%s\n' '{"curfew-scenario":1,"start":"2026-03-02T09:00:00Z","length_us":100000000,"caller":0}' \
        '{"at_us":0,"what":"logon","label":0,"session":{"user":"ana","uid":1001,"type":"rdp"}}'
    for i in {1..10}; do printf '{"at_us":%d000000,"what":"%s","label":0}\n' $((9 * i)) disconnect $((9 * i + 5)) reconnect; done
} >comes.jsonl
printf 'sessions.watch({ class = "user" }, function () clock.sleep(1 * day) end)\n' >rests.lua
on SESSIONS=300 SCENARIO=comes.jsonl SPEED=leap curfew run --no-dry-run --backend wts rests.lua
# Each is asked for its user's SID once, too, as the guard of administrators wants.
[ "$(calls WTSEnumerateSessionsExW)" -ge 20 ] && [ "$(calls $queries)" -le $((2 * 301 + own + 20)) ] && [ "$(calls WTSEnumerateProcessesExW)" -le 301 ]
verdict 'listed again and again: who has not changed is not asked about, who has is once'
