# on: bookworm-terminals trixie-terminals
# Sessions that machinectl and run0 (systemd 256) begin by their own programs: a person's, by their own terminal's name and
# time. Who is idle there is warned, stays by a key, and is ended whole, while whoever began it stays.
begin() { # LABEL USER COMMAND: in a session of root's
    log_on "$1" root
    type_in "$1" "$3 /bin/bash -c 'echo begun-\$((1 + 1)); exec bash'"
    shows "$1" begun-2
    type_in "$1" 'echo in-$((40 + 2)):$(id -un):$(tty):'
    shows "$1" "in-42:$2:/dev/pts/"
}
terminal_within() { # LABEL
    sed -n 's/.*in-42:[a-z]*:\/dev\/\(pts\/[0-9]*\):.*/\1/p' "/box/$1.out" | tail -n 1
}
users=(bruno) labels=(one) commands=('machinectl shell bruno@.host')
if command -v run0 >/dev/null; then
    users+=(carol) labels+=(two) commands+=('run0 --background= --user=carol')
fi
for i in "${!users[@]}"; do begin "${labels[i]}" "${users[i]}" "${commands[i]}"; done
/build/curfew qwinsta >/box/listed
for i in "${!users[@]}"; do
    grep -qE "^ $(terminal_within "${labels[i]}") +${users[i]} +$(id_of "${users[i]}") +Active +tty" /box/listed || fail "$(cat /box/listed)"
done

cat >/box/curfew.lua <<'LUA'
dry_run  = false
policies = { { "/box/policies/idle.lua", limit = "30m", warnings = { "6s" }, except = { users = { "root" } } } }
limits = { notice = "3s", share = 1 }
LUA
sessions_aged 7200
for user in "${users[@]}"; do terminals_aged "$user"; done
start_curfew --config /box/curfew.lua
for i in "${!users[@]}"; do
    shows "${labels[i]}" 'you will be logged off in 6 seconds.'
    type_in "${labels[i]}" 'echo typed-$((1 + 1))'
    journal '"what":"stays"' "\"user\":\"${users[i]}\""
    shows "${labels[i]}" typed-2
done
stop_curfew

for user in "${users[@]}"; do terminals_aged "$user"; done
start_curfew --config /box/curfew.lua
for i in "${!users[@]}"; do
    journal '"what":"ended"' "\"user\":\"${users[i]}\""
    [ "$(processes_of "${users[i]}")" = 0 ] || fail "left: $(ps -u "${users[i]}")"
    type_in "${labels[i]}" 'echo back-$((1 + 1)):$(id -un)'
    shows "${labels[i]}" back-2:root
done
stop_curfew

# The service is no root: it writes where a terminal's group may, which systemd 257 does not let it for these.
service_installed
sed -e 's/6s/4s/' -e 's/box/etc\/curfew/' /box/curfew.lua >/etc/curfew/curfew.lua
for i in "${!users[@]}"; do
    begin "again_${labels[i]}" "${users[i]}" "${commands[i]}"
done
sessions_aged 7200
for user in "${users[@]}"; do terminals_aged "$user"; done
modes=$(find /dev/pts -user bruno -o -user carol | xargs stat -c '%U %a' | sort)
service_started
if grep -q bookworm /etc/os-release; then
    [ "$modes" = 'bruno 620' ] || fail "$modes"
    shows again_one 'you will be logged off in 4 seconds.'
    entry '"what":"ended"' '"user":"bruno"'
else
    [ "$modes" = $'bruno 600\ncarol 600' ] || fail "$modes"
    for user in "${users[@]}"; do
        entry '"what":"refused"' "\"user\":\"$user\"" 'a warning reached nobody'
        is_there "$(id_of "$user")" || fail "$user is ended unwarned"
    done
fi
