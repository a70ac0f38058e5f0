# on: bookworm trixie
# A directory server (NSS) that does not answer: who is idle is warned, in their language, and ended in time all the same,
# and whoever asks is told at once; who the administrators are holds up no start. Policies that need groups take them for unknown until it answers.
log_on ana ana
log_on bruno bruno 'LANG=pt_BR.UTF-8 exec bash -i'
log_on carol carol
ana=$(id_of ana) bruno=$(id_of bruno) carol=$(id_of carol)
sessions_aged 7200
for user in ana bruno carol; do terminals_aged $user; done

# What is asked about anybody hangs; the host's own files answer first, so only groups are asked there.
mkdir /box/directory
for user in ana bruno carol wheels; do mkfifo /box/directory/$user; done
libraries=$(ldconfig -p | sed -n 's|.*libc\.so\.6 .* => \(/.*\)/libc\.so\.6$|\1|p' | head -n 1)
cp /build/tests/libnss_hang.so.2 "$libraries/"
sed -i 's/^group:.*/group: files hang/' /etc/nsswitch.conf

cat >/box/curfew.lua <<'LUA'
dry_run  = false
policies = {
  { "/box/policies/idle.lua", limit = "30m", warnings = { "6s", "4s" }, only = { users = { "ana", "bruno" } } },
  { "/box/policies/idle.lua", name = "others", limit = "30m", warnings = { "6s", "4s" },
    only = { users = { "carol" } }, except = { groups = { "daemon" } } },
}
limits = { notice = "3s", share = 1 }
administrators = { "wheels", "audio" }
LUA
start_curfew --config /box/curfew.lua --socket /box/control
shows ana 'No activity: you will be logged off in 6 seconds.'
shows bruno 'Sem atividade: sua sessão será encerrada em 6 segundos.'
journal '"what":"ended"' "\"session\":\"$ana\""
journal '"what":"ended"' "\"session\":\"$bruno\""

# Nobody knows whether carol is excepted, so she stays; that she is idle is known, and told.
curfew() { /build/curfew "$@" --socket /box/control; }
told=$(curfew why "$carol" --json)
[[ $told != *'"unread"'* && $told == *'"idle":3'* ]] || fail "$told"
! grep -F "\"session\":\"$carol\"" /box/journal || fail "carol was not left alone"

# Nor does anybody know yet who the administrators are.
asks() { runuser -u carol -G audio -- /build/curfew status --socket /box/control; }
! asks 2>/dev/null || fail "a group that was not looked up has administrators"

# It answers, and is asked again as the configuration is loaded.
mv /box/directory /box/answering
for user in ana bruno carol wheels; do : <>/box/answering/$user; done
kill -HUP "$curfew_pid"
shows carol 'No activity: you will be logged off in 6 seconds.'
journal '"what":"ended"' "\"session\":\"$carol\""
grep -qm 1 "there is no group 'wheels' on this host" <(timeout 40 tail -c +1 -f /box/curfew) || fail "$(cat /box/curfew)"
asks >/dev/null || fail "the members of audio are no administrators"
stop_curfew
