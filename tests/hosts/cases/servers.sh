# with: h2 h3
# Commands at other hosts, by ssh: sessions listed and ended there; what fails is told apart; several hosts at once.
for name in logoff msg quser query tsdiscon; do ln -s /build/curfew /usr/bin/$name; done

says() { # STATUS TEXT COMMAND…: the command ends so, and says that
    local status=0 output
    output=$(timeout 60 "${@:3}" 2>&1 </dev/null) || status=$?
    [ "$status" = "$1" ] || fail "${*:3}: exit status $status: $output"
    [[ $output == *"$2"* ]] || fail "${*:3} says: $output"
}

ids_at() { # HOST USER
    ssh "root@$1" loginctl --no-legend list-sessions | awk -v user="$2" '$3 == user { print $1 }'
}

log_on ana ana@h2
log_on bruno bruno@h2
log_on carol carol@h3
ana=$(ids_at h2 ana)

# Who is there, without the session that asks, which is root's; its idle time, too.
[ "$(quser /server:h2 | tail -n +2 | awk '{ print $1 }' | sort | xargs)" = 'ana bruno' ] || fail "$(quser /server:h2)"
[[ $(quser ana /server:h2 | tr -s ' ') == *" ana "*" $ana Active . "* ]] || fail "$(quser ana /server:h2)"
ssh root@h2 '. /src/tests/hosts/inside.bash; sessions_aged 7200'
ssh root@h2 "touch -a -d '62 minutes ago' $(terminal_of bruno)"
[[ $(quser bruno /server:root@h2 | tr -s ' ') == *" Active 1:0"[12]" "* ]] || fail "$(quser /server:h2)"
says 0 '"host":"h2",' quser ana /server:h2 /json
says 1 'No User exists for nobody' quser nobody /server:h2

# What their own curfew must do is refused where there is none.
says 4 'curfew is not installed there' msg ana /server:h2 hello
says 4 'curfew is not installed there' query process ana /server:h2
ssh root@h2 ln -s /build/curfew /usr/bin/curfew
says 0 '' msg ana /server:h2 "It's" 'five $HOME o`clock'
shows ana "It's five \$HOME o\`clock"
says 0 ' bash' query process ana /server:h2
says 1 '--warn cannot reach a terminal of another host' logoff ana /server:h2 --warn 5m 'Go home.'

# Ended there, verified, and no other.
says 1 'name the session that is meant' logoff /server:h2
says 0 "Session $ana (ana, ${ana:+$(terminal_of ana | cut -c 6-)}) has ended" logoff ana /server:h2 /v
[ -z "$(ids_at h2 ana)" ] || fail "ana's session is there"
[ -n "$(ids_at h2 bruno)" ] || fail "bruno's session is gone"
says 1 'cannot be disconnected here' tsdiscon bruno /server:h2

# A line that breaks while it is waited for a session that does not end.
log_on deaf daniel@h2
type_in deaf "nohup setsid bash -c 'trap \"\" TERM HUP; echo deaf >/tmp/deaf; while :; do sleep 1000; done' >/dev/null 2>&1 &"
ssh root@h2 "grep -qF -m 1 deaf <(timeout 10 tail -F /tmp/deaf 2>/dev/null)"
logoff daniel /server:h2 /v >/box/broken 2>&1 &
waiting=$!
grep -qF -m 1 'Logging off' <(timeout 10 tail -F /box/broken 2>/dev/null)
ssh root@h2 "for ((try = 0; try < 200; try++)); do loginctl show-session -p State $(ids_at h2 daniel) | grep closing && exit; sleep 0.1; done"
pkill -f ' -- h2 systemd-stdio-bridge$'
wait $waiting && fail "a logoff that nobody saw the end of has succeeded"
ssh root@h2 pkill -KILL -u daniel
grep -q 'has ended is not known' /box/broken || fail "$(cat /box/broken)"

# Name, connection, logon, right and service, told apart.
ip link add dead type veth peer name end && ip link set dead up && ip link set end up
ip address add 10.0.99.1/24 dev dead && echo '10.0.99.2 down' >>/etc/hosts
says 4 'no host is known by that name' quser /server:nowhere
says 1 'the logon was refused' quser /server:nobody@h2
says 1 'only administrators may touch other users'\'' sessions' logoff bruno /server:carol@h2
[ -n "$(ids_at h2 bruno)" ] || fail "bruno's session was ended by carol"
ssh root@h2 mv /usr/bin/systemd-stdio-bridge /root
says 4 'systemd-stdio-bridge is not installed there' quser /server:h2
ssh root@h2 mv /root/systemd-stdio-bridge /usr/bin
ssh root@h2 'systemctl mask --now systemd-logind dbus-org.freedesktop.login1' >/dev/null 2>&1
says 4 'systemd-logind does not list its sessions' quser /server:h2
ssh root@h2 'systemctl unmask systemd-logind dbus-org.freedesktop.login1; systemctl start systemd-logind' >/dev/null 2>&1

# Three at once, one of them down.
status=0
quser /server:h2,down,h3 >/box/listed 2>/box/errors || status=$?
[ "$status" = 1 ] || fail "exit status $status: $(cat /box/listed /box/errors)"
[ "$(awk '!/USERNAME/ { print $1 }' /box/listed | xargs)" = 'h2: bruno down: h3: carol' ] || fail "$(cat /box/listed)"
grep -q 'down: there is no connection' /box/errors || fail "$(cat /box/errors)"
[ "$(wc -l </box/errors)" = 1 ] || fail "$(cat /box/errors)"
quser /server:h2,h3 /json | grep -o '"host":"h[23]","id":"[^"]*","name":[^,]*,"user":"[a-z]*"' >/box/listed
[ "$(sed 's/.*"host":"\(h.\)".*"user":"\(.*\)"/\1 \2/' /box/listed | xargs)" = 'h2 bruno h3 carol' ] || fail "$(cat /box/listed)"
