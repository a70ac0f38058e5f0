# shellcheck shell=bash
# Sourced with $build, a build folder with curfew.exe in it: Wine with the terminal server of our own in place of Windows' DLL,
# and `on`, which runs a program there. The current folder is one of C: then, with curfew.exe by all its names.
wine=$(command -v wine64 || ls /usr/lib/wine/wine64 2>/dev/null || command -v wine)

# A Windows of our own, made once; one run at a time.
export WINEPREFIX=${XDG_CACHE_HOME:-$HOME/.cache}/curfew/wine-wts WINEDEBUG=-all
export WINEDLLOVERRIDES='wtsapi32=n;mscoree,mshtml=' LC_ALL=C.UTF-8
unset TZ TZDIR DISPLAY
mkdir -p "$WINEPREFIX"
exec 9>"$WINEPREFIX/lock"
flock 9
system=$WINEPREFIX/drive_c/windows/system32
windows() { # VERSION [NAME]…: of curfew.exe alone, or of these names of its
    local name
    [ $# -gt 1 ] || set -- "$1" curfew
    for name in "${@:2}"; do
        "$wine" reg add "HKCU\\Software\\Wine\\AppDefaults\\$name.exe" /v Version /d "$1" /f >/dev/null 2>&1 9>&- || return
    done
}
server=/usr/lib/wine/wineserver64 # Debian's own command for it has another idea of how long it stays
[ -x "$server" ] || server=$(command -v wineserver)
"$server" -k 9>&- && "$server" -w 9>&-
"$server" -p 9>&- # stays between programs, as Windows does; else services would end with each
[ -f "$WINEPREFIX/ready" ] || {
    # A service has two minutes to begin, not Wine's ten seconds: the machine may be busy.
    "$wine" wineboot -i >/dev/null 2>&1 9>&-
    "$wine" reg add 'HKLM\System\CurrentControlSet\Control' /v ServicesPipeTimeout /d 120000 /f >/dev/null 2>&1 9>&- &&
        "$server" -k 9>&- && "$server" -w 9>&- && "$server" -p 9>&- && touch "$WINEPREFIX/ready"
}
windows win10
cp "$build/tests/wts/wtsapi32/wtsapi32.dll" "$system/"

rm -rf --one-file-system "$WINEPREFIX/drive_c/ProgramData/curfew"
folder=$(mktemp -d "$WINEPREFIX/drive_c/test.XXXXXX")
clean() {
    trap '' INT TERM HUP
    # shellcheck disable=SC2046 # one word each
    kill $(jobs -p) 2>/dev/null
    "$server" -k 9>&-
    rm -rf --one-file-system "$folder"
}
trap clean EXIT
trap 'exit 130' INT TERM HUP
cd "$folder" || exit 1
[ ! -d "$build/zoneinfo" ] || cp -r "$build/zoneinfo" .
cp -r "$build/policies" .
for name in curfew logoff msg quser qwinsta query tsdiscon reset rwinsta qprocess qappsrv tskill change chglogon; do ln "$build/curfew.exe" "$name.exe" 2>/dev/null || cp "$build/curfew.exe" "$name.exe"; done

# on [NAME=VALUE]… [:] PROGRAM [WORD]…: runs it on the server that the settings describe; both streams go to `said`.
on() {
    local settings=()
    while [[ $1 == *=* ]]; do settings+=("CF_TEST_$1"); shift; done
    rm -f log
    status=0
    env CF_TEST_LOG=log "${settings[@]}" timeout -k 5 "${limit:-60}" "$wine" "./$1.exe" "${@:2}" >said.raw 2>&1 </dev/null 9>&- || status=$?
    tr -d '\r' <said.raw >said
    touch log
    [ $status != 99 ] || echo "# the DLL was misused" >>said
}
