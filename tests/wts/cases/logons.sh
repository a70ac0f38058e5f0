# Logons refused: by hand, as `change logon` does; by a policy, at whose end they are allowed again, as by the next start after a
# crash; and never said to be refused where they are not.
# shellcheck shell=bash disable=SC2154
key='HKLM\System\CurrentControlSet\Control\Terminal Server'
closed='HKLM\Software\Microsoft\Windows NT\CurrentVersion\Winlogon'
data=$WINEPREFIX/drive_c/ProgramData/curfew
set_value() { # KEY NAME TYPE VALUE
    "$wine" reg add "$1" /v "$2" /t "$3" /d "$4" /f >/dev/null 2>&1 9>&-
}
value() { # KEY NAME: "0x1", "0"; nothing where there is none
    "$wine" reg query "$1" /v "$2" 2>/dev/null 9>&- | tr -d '\r' | sed -n 's/.*REG_[A-Z]* *//p'
}
values() { # DRAIN CLOSED: these are in force
    [ "$(value "$key" TSServerDrainMode)" = "$1" ] && [ "$(value "$closed" WinStationsDisabled)" = "$2" ]
}
until_drain() { # VALUE
    for ((i = 0; i < 100; i++)); do
        [ "$(value "$key" TSServerDrainMode)" != "$1" ] || return 0
        read -rt 0.1 <> <(:) || true
    done
    return 1
}
anew() {
    "$wine" reg delete 'HKLM\Software\curfew\Refuses logons' /f >/dev/null 2>&1 9>&-
    set_value "$key" TSServerDrainMode REG_DWORD "${1:-0}"
    set_value "$key" fDenyTSConnections REG_DWORD 0
    set_value "$closed" WinStationsDisabled REG_SZ 0
}

windows win2008 curfew change chglogon # which is a server, to Wine
"$wine" reg delete "$key" /f >/dev/null 2>&1 9>&-
on SESSIONS=1 change logon /drain && says 1 'has no Remote Desktop Services'
verdict 'without Remote Desktop Services nothing is drained'
anew
drained='New user logons are DISABLED'
back='reconnections to existing sessions are ENABLED'
while IFS='|' read -r switch drain shut answer; do
    on SESSIONS=1 change logon "/$switch" && echo "$answer" | cmp -s - said && values "$drain" "$shut" &&
        on SESSIONS=1 chglogon /QUERY && echo "$answer" | cmp -s - said && [ "$status" = 0 ]
    verdict "change logon /$switch"
done <<END
drain|0x2|0|$drained, but $back
disable|0x2|1|Session logins are currently DISABLED
drainuntilrestart|0x1|0|$drained until the server is restarted, but $back
disable|0x1|1|Session logins are currently DISABLED
enable|0x0|0|Session logins are currently ENABLED
END
on SESSIONS=1 change logon && says 2 'Invalid parameter(s)' && on SESSIONS=1 change logon /drain /enable && says 2 'Invalid parameter(s)'
verdict 'none of the switches, and two'
set_value "$key" fDenyTSConnections REG_DWORD 1
on SESSIONS=1 change logon /drain && says 1 'Remote Desktop is off here' && values 0x0 0
verdict 'where Remote Desktop is off, nobody says that anybody is refused'
windows win10 curfew change chglogon
anew
on SESSIONS=1 change logon /disable && says 1 'this Windows is no server' && values 0x0 0
verdict '… nor on a PC'

cat >door.lua <<'END'
local open = option("open", false, "nobody is refused")
local always = calendar.weekly { "Mon-Sun 00:00-24:00" }
clock.at(always, function ()
  if open then return end
  host.refuse_logons("The office is painted.")
  clock.sleep(7 * day)
end)
END
printf '%s\n' '{"curfew-scenario":1,"start":"2026-03-02T09:00:00Z","length_us":3600000000}' >empty.jsonl
door() { # WORD…: door.lua at work, until `crash`
    begin SCENARIO=empty.jsonl run --json --no-dry-run --backend wts "$@" door.lua
}
door && until_in engine '"what":"failed".*this Windows is no server' && values 0x0 0
verdict 'a policy cannot, on a PC, and the journal says so'
crash
on SESSIONS=1 curfew check door.lua && says 0 && printf 'policies = { { "door.lua" } }\n' >curfew.lua &&
    on SESSIONS=1 curfew check --config curfew.lua && says 0 'policies.door refuses logons: this Windows is no server'
verdict '… and check does, before'

windows win2008
door && until_drain 0x1 && on SESSIONS=1 change logon /query && says 0 "$drained until" "a policy of curfew's refuses them"
verdict 'a policy refuses logons'
crash
values 0x1 0
verdict '… whose engine is killed'
door --set door.open=true && until_drain 0x0
verdict '… and the next one allows them again'
crash
anew 1
door && until_in engine '"what":"door"' && on SESSIONS=1 curfew status
crash
door --set door.open=true && values 0x1 0
verdict 'what somebody else has refused stays so'
crash
anew
door && until_drain 0x1 && on SESSIONS=1 curfew change logon /drain
crash
door --set door.open=true && values 0x2 0
verdict '… also where they did so over a policy'
crash

rm -rf --one-file-system "$data"
chmod 700 "$folder"
on SESSIONS=1 curfew service install
cp door.lua "$data/door.lua"
printf 'dry_run = false\npolicies = { { "%s" } }\n' 'C:/ProgramData/curfew/door.lua' >"$data/curfew.lua"
anew
on SESSIONS=1 curfew service start && until_drain 0x1
verdict 'a service at work refuses logons'
on SESSIONS=1 curfew service stop && values 0x0 0
verdict '… and allows them as it stops'
on SESSIONS=1 curfew service purge
"$wine" reg delete "$key" /f >/dev/null 2>&1 9>&-
windows win10
