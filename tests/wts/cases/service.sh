# curfew as a service: installed, started, at work, stopped, removed. Its environment is that of Wine's own service manager, so
# what the terminal server is to do stands in the registry.
# shellcheck shell=bash disable=SC2154
data=$WINEPREFIX/drive_c/ProgramData/curfew
source_key='HKLM\System\CurrentControlSet\Services\EventLog\Application\curfew'
place() { # NAME VALUE: for the service
    "$wine" reg add 'HKLM\Software\curfew-test' /v "$1" /d "$2" /f >/dev/null 2>&1 9>&-
}
windows_path() { printf 'C:\\%s' "${folder##*/}\\$1"; }

on SESSIONS=1 curfew service stop >/dev/null
on SESSIONS=1 curfew service uninstall
rm -rf --one-file-system "$data"
on SESSIONS=1 curfew service start && says 4 'there is no service curfew; curfew service install makes it'
verdict 'a service that is not there'
on SESSIONS=1 curfew service enable && says 2 'did you mean'
verdict 'an action that is none'
on SESSIONS=1 curfew service run && says 2 'only Windows itself begins it'
verdict 'service run, by hand'

chmod 777 "$folder"
on SESSIONS=1 curfew service install && says 1 'can be written by' 'it would run as LocalSystem from there' && [ ! -e "$data" ]
verdict 'a program that others can write becomes no service'
chmod 700 "$folder"
mkdir -m 777 "$data"
on SESSIONS=1 curfew service install && says 1 'ProgramData\curfew can be written by'
verdict 'a folder that somebody else made is not used'
rm -rf "$data"

on SESSIONS=1 curfew service install && says 0 'curfew service start' 'is a dry run' && grep -q '^dry_run = true' "$data/curfew.lua" &&
    [ -d "$data/state" ] && known "$source_key" && known 'HKLM\System\CurrentControlSet\Services\curfew'
verdict 'installed: service, folders, a configuration that is a dry run, a source in the Event Log'
on SESSIONS=1 curfew service status && says 0 'has stopped'
verdict '… and not started'
echo '-- mine' >>"$data/curfew.lua"
on SESSIONS=1 curfew service install && says 0 'was there, and is kept' && grep -q '^-- mine' "$data/curfew.lua"
verdict 'installed again: what is there is kept'
on SESSIONS=1 curfew check --config 'C:\ProgramData\curfew\curfew.lua' && says 0
verdict 'its configuration has no mistakes'

# At work on eight people, twelve times as fast, until it is stopped.
sed 's/"length_us":168000000/"length_us":360000000000/' "$root/tests/decisions/minutes.jsonl" >hours.jsonl
cp "$root/tests/decisions/asks.lua" "$data/asks.lua"
printf 'dry_run = false\npolicies = { { "%s" } }\n' 'C:/ProgramData/curfew/asks.lua' >"$data/curfew.lua"
place SCENARIO "$(windows_path hours.jsonl)"
place SPEED 12
place LOG "$(windows_path service.log)"
: >service.log
on SESSIONS=1 curfew service start && says 0 'is at work'
verdict 'started'
on SESSIONS=1 curfew service status && says 0 'is at work, process'
verdict 'its status'
on SESSIONS=1 curfew status && says 0 asks
verdict 'it answers at its pipe'
seen=false
for ((i = 0; i < 600; i++)); do
    ! grep -q '^logoff away' service.log || { seen=true && break; }
    read -rt 0.1 <> <(:) || true
done
cp service.log log
$seen && grep -q '^logoff idle' log && ! grep -q '^logoff active\|^logoff console\|^logoff answers' log
verdict 'it ends who left, and neither who works, nor who answered, nor the console'
on SESSIONS=1 curfew service stop && says 0 'has stopped'
verdict 'stopped'
on SESSIONS=1 curfew service status && says 0 'has stopped'
verdict '… and it has'
grep -q '^left 0' service.log || { cp service.log log && false; }
verdict '… in order: nothing is kept that the server gave out'
on SESSIONS=1 curfew journal --state 'C:\ProgramData\curfew\state' && says 0 'logoff' 'away'
verdict 'its journal is there'

echo 'policies = {' >"$data/curfew.lua"
on SESSIONS=1 curfew service start && says 1 'it ended at once, with status 3' 'curfew check --config'
verdict 'a configuration with mistakes: it does not start, and says what to do'
printf 'dry_run = true\npolicies = { { "idle" } }\n' >"$data/curfew.lua"

on SESSIONS=1 curfew service start
on SESSIONS=1 curfew service upgrade && says 0 'install begins it again'
verdict 'stopped for an upgrade'
on SESSIONS=1 curfew service install && says 0 'is at work'
verdict '… after which it is at work again'
on SESSIONS=1 curfew service uninstall && says 0 'has gone' && [ -f "$data/curfew.lua" ] && [ -f "$data/state/journal.db" ] && ! known "$source_key"
verdict 'removed while at work: stopped first; configuration and journal stay'
on SESSIONS=1 curfew service status && says 4 'there is no service'
verdict '… and it has gone'
on SESSIONS=1 curfew service purge && says 0 && [ ! -e "$data" ]
verdict 'purged: these, too'
"$wine" reg delete 'HKLM\Software\curfew-test' /f >/dev/null 2>&1 9>&-
