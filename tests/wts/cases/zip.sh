# The zip, unpacked where nothing of curfew is: the program works by what is in it, and needs no DLL but Windows' own.
# shellcheck shell=bash disable=SC2154
package=$(ls -t "$build"/curfew-*-x64.zip 2>/dev/null | head -n 1)
if [ -n "$package" ] && command -v unzip >said; then
    unpacked=$(mktemp -d "$WINEPREFIX/drive_c/unpacked.XXXXXX")
    unzip -q "$package" -d "$unpacked" && cd "$unpacked"/curfew-* || exit 1
    on curfew --version && says 0 'curfew '
    verdict 'the zip, unpacked: curfew.exe --version'
    lacking=
    for dll in $(x86_64-w64-mingw32-objdump -p curfew.exe | sed -n 's/.*DLL Name: //p'); do
        [ -n "$(find "$system" -maxdepth 1 -iname "$dll")" ] || lacking+="$dll "
    done
    echo "$lacking" >said
    [ -z "$lacking" ] && [ -z "$(find . -iname '*.dll')" ] && [ "$(find . -iname '*.exe')" = ./curfew.exe ]
    verdict '… needs no DLL of ours'
    cp -n "$root"/policies/*_test.lua policies/ && on curfew test policies && says 0 ' passed, 0 failed'
    verdict "… passes the tests of its policies"
    printf '%s\n' '{"curfew-scenario":1,"start":"2026-03-02T09:00:00Z","length_us":9000000000}' \
        '{"at_us":1000000,"what":"logon","label":0,"session":{"user":"idle","uid":1001,"type":"rdp"}}' >hours.jsonl
    on SCENARIO=hours.jsonl SPEED=leap curfew run --json --config curfew.lua.example
    grep -q '"what":"logoff".*"dry_run":true.*"user":"idle"' said && not_done logoff message ask
    verdict '… runs by the configuration that is in it, dry: it says whom it would end, and does nothing'
    cd "$folder" && rm -rf --one-file-system "$unpacked"
else
    skipped=$((skipped + 1))
    echo "ok $((passed + failed + skipped)) - the zip # SKIP there is no zip of scripts/build-windows', or no unzip"
fi
