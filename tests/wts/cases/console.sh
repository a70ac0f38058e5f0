# The console, of which Windows keeps no time of input: a helper in its session tells of it. In real time, since the helper's is
# Windows' own. type.exe presses a key there.
# shellcheck shell=bash disable=SC2154
cp "$build/tests/wts_type.exe" type.exe
cp "$here/console.lua" .
chmod 700 "$folder"
printf 'dry_run = false\nprotect = { console = false }\npolicies = { { "console.lua" } }\n' >curfew.lua
printf '%s\n' "{\"curfew-scenario\":1,\"start\":\"$(date -u +%FT%TZ)\",\"length_us\":3600000000}" \
    '{"at_us":0,"what":"logon","label":0,"session":{"user":"ana","uid":1001,"type":"console","seat":"seat0","name":"console","idle_source":"unknown"}}' >console.jsonl
at_console() { # [NAME=VALUE]…
    begin SCENARIO=console.jsonl "$@" run --json --backend wts --config curfew.lua
}
type_in() { "$wine" ./type.exe 2>/dev/null 9>&- | tr -d '\r' >>pressed; }
pause_before() { # TIME: how long before it a key was pressed, whatever was pressed since
    sort -n pressed | awk -v time="$1" '$1 <= time { last = $1 } END { print time - last }'
}
helper() { # its process, the last that was begun
    sed -n 's/^begin ana \([0-9]*\):.*/\1/p' engine.log | tail -n 1
}
why() { # TEXT: the engine says so, in the end
    local i
    for ((i = 0; i < 100; i++)); do
        on SESSIONS=1 curfew why ana
        [[ "$(tr -s ' \n' ' ' <said)" != *"$1"* ]] || return 0
    done
    return 1
}

type_in # before it nobody has pressed any, and nothing is known
at_console FAULTS=system && until_in engine.log '^begin ana [0-9]*: curfew --inside$' && why 'idle'
verdict 'a helper is begun at the console, as its user'
for ((i = 0; i < 8; i++)); do type_in; done
until_in engine.log '^disconnect ana' && [ "$(pause_before "$(sed -n 's/^disconnect ana //p;T;q' engine.log)")" -ge 4000 ]
verdict 'who types at the console stays, and is idle as long as they have not'
crash

at_console FAULTS=system && until_in engine.log '^begin ana' && type_in && "$wine" taskkill /f /pid "$(helper)" >/dev/null 2>&1 9>&- &&
    why "its input is not known: curfew's helper in the session is at work no more"
verdict 'a helper that dies leaves the session unknown'
until_in engine.log '^disconnect ana' && [ "$(grep -o '^begin ana\|^disconnect ana' engine.log | tr '\n' ,)" = 'begin ana,begin ana,disconnect ana,' ]
verdict '… and nobody is idle until the next one is there'
crash

at_console && type_in && why 'its input is not known: only SYSTEM may do this'
verdict 'without the right to begin one the session is unknown, and that is said'
grep -q '^disconnect' engine.log && false || true
verdict '… and left alone'
crash
on SESSIONS=1 curfew --inside && says 2 'only its service begins this'
verdict 'the helper, by hand'

on SESSIONS=3 FAULTS=system curfew lock 2 && says 0 && done_to 'lock user2'
verdict 'lock: by a program in the session'
on SESSIONS=3 FAULTS='system deaf-lock=2' curfew lock 2 && says 1 'does not say that it has' && done_to 'lock user2'
verdict '… which is said to be done only where the session shows it'
windows win2008r2 && on SESSIONS=3 FAULTS='system reversed' curfew lock 2 && says 0 && done_to 'lock user2' &&
    on SESSIONS=3 FAULTS='system reversed deaf-lock=2' curfew lock 2 && says 1 'does not say that it has'
verdict '… on Windows 7, which says it the other way round, too'
windows win10
on SESSIONS=3 curfew lock 2 && says 1 'only SYSTEM may do this'
verdict '… and only SYSTEM may'
