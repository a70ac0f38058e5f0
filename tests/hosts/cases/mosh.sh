# on: bookworm-terminals trixie-terminals
# A real mosh. Its ssh connection ends once it has begun, so that logind has its session closing, with a server and a shell in
# it: listed as that, and left alone by policies and by msg, however long ago anything was typed. An administrator ends it whole.
export LC_ALL=C.UTF-8 TERM=xterm # as its client asks for
mosh_on() { # LABEL USER
    mkfifo "/box/$1.in"
    : >"/box/$1.out"
    script -qfec "stty rows 24 cols 80; exec mosh $2@127.0.0.1" /dev/null <>"/box/$1.in" >>"/box/$1.out" 2>&1 &
    type_in "$1" 'echo at-$((40 + 2)):$(tty)'
    shows "$1" at-42:
}
is_closing() { # SESSION
    [ "$(loginctl show-session "$1" -P State)" = closing ]
}
is_gone() { # SESSION
    ! is_there "$1"
}

mosh_on ana ana
ana=$(id_of ana)
in_time is_closing "$ana" || fail "$(loginctl show-session "$ana")"
terminal=$(grep -aom 1 'at-42:/dev/pts/[0-9]*' /box/ana.out)
terminal=${terminal#*:}
[ "$(stat -c %U "$terminal")" = ana ] || fail "its terminal is $(ls -l "$terminal")"
server=$(pgrep -u ana -o mosh-server)
[[ $(cat "/proc/$server/cgroup") == */session-$ana.scope ]] || fail "$(cat "/proc/$server/cgroup")"
! pgrep -u ana sshd >/dev/null || fail "its connection is still there: $(ps -u ana)"

log_on bruno bruno
bruno=$(id_of bruno)
for user in ana bruno; do terminals_aged $user; done
probe
say refresh "$ana" idle
expect 'done done *idle=unknown*'
say warn "$ana" 1 'Into the mosh?'
expect 'done done delivered=no*'
quit_probe
grep -qE "^$ana +ana .* closing +unknown " <(/build/curfew sessions) || fail "$(/build/curfew sessions)"

cat >/box/curfew.lua <<'LUA'
dry_run  = false
policies = { { "/box/policies/session-limit.lua", limit = "4s", warnings = { "3s" } } }
limits = { notice = "2s" }
LUA
sed -i 's/least = [0-9]* [*] [a-z]*/least = 1 * second/' $policies/session-limit.lua
start_curfew --config /box/curfew.lua
journal '"what":"ended"' "\"session\":\"$bruno\""
comes_to_say 'the session is already closing' /build/curfew why "$ana"
type_in ana 'echo still-$((40 + 2))'
shows ana still-42
stop_curfew
! grep -q "\"session\":\"$ana\"" /box/journal || fail "$(cat /box/journal)"
shows_not ana 'Into the mosh?'

/build/curfew reset session "$ana" || fail "it is not ended: $(loginctl)"
in_time is_gone "$ana" || fail "$(loginctl)"
[ "$(processes_of ana)" = 0 ] || fail "left of ana: $(ps -u ana)"

# What ends one whose client is away is its server's own limit, as the administrator may set it for all.
echo 'SetEnv MOSH_SERVER_NETWORK_TMOUT=1' >>/etc/ssh/sshd_config.d/box.conf
systemctl reload ssh
mosh_on carol carol
carol=$(id_of carol)
pkill -KILL -fx 'mosh-client .*'
in_time is_gone "$carol" || fail "$(loginctl; ps -u carol)"
[ "$(processes_of carol)" = 0 ] || fail "left of carol: $(ps -u carol)"
