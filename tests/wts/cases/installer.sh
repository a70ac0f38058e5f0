# The MSI: installed, upgraded, removed. Two of the same program, of which one calls itself newer.
# shellcheck shell=bash disable=SC2154
programs=$WINEPREFIX/drive_c/'Program Files'/curfew
data=$WINEPREFIX/drive_c/ProgramData/curfew
msi() { # WORD…: msiexec without a word to anybody; its status
    status=0
    timeout 300 "$wine" msiexec "$@" /qn >said 2>&1 </dev/null 9>&- || status=$?
    : >log
    return "$status"
}
installed() { (cd "$programs" && timeout 60 "$wine" ./curfew.exe "$@" 2>&1 </dev/null 9>&- | tr -d '\r') >said; }
for package in "$build"/curfew-0.0.[12]-x64.msi; do rm -f "$package"; done
if command -v wixl msibuild zip >said && "$root/package/windows/pack" "$build" 0.0.1 >said 2>&1 &&
    "$root/package/windows/pack" "$build" 0.0.2 >said 2>&1; then
    mv "$build"/curfew-0.0.[12]-x64.msi . && rm -f "$build"/curfew-0.0.[12]-x64.zip
    rm -rf --one-file-system "$data" "$programs"

    msi /i curfew-0.0.1-x64.msi && [ -f "$programs/curfew.exe" ] && [ -f "$programs/policies/idle.lua" ] && [ -f "$programs/zoneinfo/Europe/Berlin" ]
    verdict 'the MSI puts the program, its policies and its zones in place'
    installed service status && grep -q 'has stopped' said && grep -q '^dry_run = true' "$data/curfew.lua"
    verdict '… with the service, stopped, and a dry run'
    [ ! -e "$programs/commands/logoff.exe" ]
    verdict "… and not in the way of Windows' own commands"
    echo '-- mine' >>"$data/curfew.lua"
    installed service start && grep -q 'is at work' said
    verdict 'the service can be started'
    msi /i curfew-0.0.2-x64.msi && grep -q '^-- mine' "$data/curfew.lua" && [ -f "$data/state/journal.db" ]
    verdict 'an upgrade keeps configuration and journal'
    # Wine's upgrade does not tell the older program that it is one, as Windows does: so said here by hand.
    installed service start
    msi /x curfew-0.0.2-x64.msi 'UPGRADINGPRODUCTCODE={00000000-0000-0000-0000-000000000001}' && [ ! -e "$programs/curfew.exe" ] &&
        known 'HKLM\System\CurrentControlSet\Services\curfew' && msi /i curfew-0.0.2-x64.msi && installed service status && grep -q 'is at work' said
    verdict '… and the service that was at work is so again'
    msi /x curfew-0.0.2-x64.msi && [ ! -e "$programs/curfew.exe" ] && grep -q '^-- mine' "$data/curfew.lua" && ! known 'HKLM\System\CurrentControlSet\Services\curfew'
    verdict 'removed: the service has gone, configuration and journal stay'
    msi /i curfew-0.0.2-x64.msi ADDLOCAL=ALL && cmp "$programs/curfew.exe" "$programs/commands/logoff.exe" && grep -q '^-- mine' "$data/curfew.lua"
    verdict "asked for, Windows' commands are there by their own names; what was kept is kept"
    msi /x curfew-0.0.2-x64.msi PURGE=1 && [ ! -e "$data" ] && [ ! -e "$programs/commands/logoff.exe" ]
    verdict 'removed with PURGE=1: configuration and journal, too'
else
    skipped=$((skipped + 1))
    echo "ok $((passed + failed + skipped)) - the MSI # SKIP there is no wixl, msibuild or zip (packages wixl, msitools, zip)"
fi
