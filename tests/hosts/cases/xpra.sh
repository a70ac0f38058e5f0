# on: bookworm-xpra
# A real xpra desktop, begun over ssh: it is part of that ssh session, and outlives its line. What is typed there passes by all that
# curfew reads, so nobody knows its idle time, nor whether anybody is at it: no policy ends it, whoever is there or not.
sed -i 's/least = [0-9]* [*] [a-z]*/least = 1 * second/' $policies/disconnected.lua
cat >/box/curfew.lua <<'LUA'
dry_run  = false
policies = {
  { "/box/policies/idle.lua", limit = "4s", warnings = { "2s" }, only = { users = { "ana", "bruno" } } },
  { "/box/policies/disconnected.lua", limit = "2s" },
}
limits = { notice = "1s", share = 1 }
LUA
printf '127.0.0.1 localhost\n127.0.0.1 box.local box\n' >>/etc/hosts # names, which its start wants
Xvfb :50 -nolisten tcp -noreset -screen 0 1280x1024x24 >/dev/null 2>&1 &
export DISPLAY=:50
in_time xdpyinfo >/dev/null 2>&1
install -m 666 /dev/null /box/desktop.out
cat >/box/desktop <<'SH'
#!/bin/sh
xterm -geometry 40x10+20+200 -e sh -c 'while read -r line; do echo "typed $line" >>/box/desktop.out; done' &
exec /build/curfew-agent >>/box/desktop.out 2>&1
SH
chmod 755 /box/desktop

xpra_client() { # start or attach, with further options
    xpra "$1" ssh:ana@127.0.0.1:100 --ssh=ssh --opengl=no --pulseaudio=no --mdns=no --printing=no --webcam=no --notifications=no "${@:2}" \
        >/box/client.out 2>&1 &
    client_ana=$!
    in_time xdotool search --onlyvisible --class xterm >/box/windows || fail "no window comes: $(tail -n 20 /box/client.out)"
}

types() { # TEXT: in the window that the client shows, until it has arrived
    types_now() {
        xdotool windowfocus "$(tail -n 1 /box/windows)" type "$1"
        xdotool key Return
        grep -q "typed .*$1" /box/desktop.out
    }
    in_time types_now "$1" || fail "what is typed does not come: $(cat /box/desktop.out)"
}

curfew() { /build/curfew "$@"; }
start_curfew --config /box/curfew.lua
xpra_client start --start=/box/desktop
id=$(id_of ana)
shows desktop "at work for session $id"
comes_to_say 'nobody knows its idle time' curfew why "$id"
types first
comes_to_say 'nobody knows its idle time' curfew why "$id"
[[ $(curfew why "$id") != *'disconnected_for ('* ]] || fail "$(curfew why "$id")"

# The client is closed, and its line with it.
close_client ana
comes_to_say 'the session is already closing' curfew why "$id"
comes_to_say 'nobody knows its idle time' curfew why "$id"

# Who attaches it again has a second session, with only xpra's own go-between in it, at which nobody can be seen either.
xpra_client attach
second=$(loginctl --no-legend list-sessions | awk -v first="$id" '$3 == "ana" && $1 != first { print $1 }')
[ -n "$second" ] || fail "$(loginctl)"
types second
for session in "$id" "$second"; do comes_to_say 'nobody knows its idle time' curfew why "$session"; done
[[ $(curfew msg "$id" hello 2>&1) == *'it took no message'* ]] || fail "it has no line, and takes a message"

# Begun at a terminal, it is in that session, whose terminal tells no more what its user does.
log_on daniel daniel
terminals_aged daniel
third=$(session_at daniel)
comes_to_say 'idle for' curfew why "$third"
type_in daniel 'xpra start :101 --systemd-run=no --pulseaudio=no --mdns=no --printing=no --webcam=no --notifications=no'
comes_to_say 'nobody knows its idle time' curfew why "$third"

# Somebody at a terminal is warned and ended meanwhile.
log_on bruno bruno
sessions_aged 7200
terminals_aged bruno
journal '"what":"ended"' '"user":"bruno"'
! grep -F '"user":"ana"' /box/journal || fail "ana was not left alone"
is_there "$id" && is_there "$second" || fail "$(loginctl)"
stop_curfew
