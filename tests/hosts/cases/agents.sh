# on: trixie-desktop
# Whose agent an agent is: logind's word for its process, never its own. And what lies of one can do: put off, or end the
# session of its own user, but never make one look idler than the host's own sources do.
cat >/box/curfew.lua <<'LUA'
dry_run  = true
policies = { { "/box/policies/idle.lua", limit = "4h" } }
LUA
desktop_on ana ana :5 'sleep 1000'
desktop_on bruno bruno :6
log_on text ana
sessions_aged 7200
start_curfew --config /box/curfew.lua
shows bruno 'at work for session'
desktop=$(loginctl --no-legend list-sessions | awk '$3 == "ana" && !/pts|manager/ { print $1 }' | while read -r id; do
    [ "$(loginctl show-session -P Type "$id")" != x11 ] || echo "$id"; done)
text=$(session_at text)
[ -n "$desktop" ] && [ "$desktop" != "$text" ] || fail "$(loginctl)"

tells() { # SESSION TEXT
    comes_to_say "$2" /build/curfew why "$1"
}

refused() { # TEXT COMMAND…
    local said; said=$(mktemp /box/refused-XXXXXX)
    "${@:2}" >$said 2>&1 &
    grep -qF -m 1 "$1" <(timeout 20 tail -c +1 -F $said 2>/dev/null) || fail "not refused as $1: $(cat $said)"
}
outside() { # USER: of all sessions, as the user's service manager is
    systemd-run --quiet --pipe --uid="$1" /build/curfew-agent
}

# From another session of the same user it speaks for that one; so her desktop stays unknown.
tells "$desktop" 'nobody knows its idle time'
type_in text '(DISPLAY=:5 /build/curfew-agent &)'
shows text "at work for session $text"
tells "$desktop" 'nobody knows its idle time'
type_in text 'pkill curfew-agent; echo ended-$((1 + 1))'
shows text ended-2

# Not another user's, not one that has one, and not root's.
refused 'this session is not yours' within ana "$desktop" runuser -u carol -- /build/curfew-agent
refused 'this session has an agent already' outside bruno
refused 'no graphical session' outside root

# A liar's word counts where there is no other, and never makes a session idler than the host knows it to be.
until [ "$(find /dev/pts -user ana | wc -l)" = 2 ]; do :; done
terminals_aged ana # that of the window on her desktop, too, which has just opened
within ana "$desktop" runuser -u ana -- /build/tests/false_agent idle >/box/liar 2>&1 &
grep -qF -m 1 '"session":"'"$desktop" <(timeout 20 tail -c +1 -F /box/liar 2>/dev/null) || fail "$(cat /box/liar)"
tells "$desktop" 'idle for 59 minutes'
path=$(busctl call org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager GetSession s "$desktop" | cut -d'"' -f2)
hint() {
    busctl call org.freedesktop.login1 "$path" org.freedesktop.login1.Session SetIdleHint b "$1"
}
hint true
hint false
told=$(/build/curfew why "$desktop")
[[ $told != *'idle for 59 minutes'* ]] || fail "the liar is believed: $told"
pkill -x false_agent

# What nobody asked ends the connection.
for lie in nonsense flood; do
    within ana "$desktop" runuser -u ana -- /build/tests/false_agent $lie >/box/$lie 2>&1 &
    grep -qF -m 1 'the connection has ended' <(timeout 20 tail -c +1 -F /box/$lie 2>/dev/null) || fail "$lie: $(cat /box/$lie)"
done

# A desktop that has crashed, and has left its hint behind: what is typed in a window of its session counts.
hint true
goes_by() { # SOURCE
    in_time is_by "$1" || fail "not by $1: $(/build/curfew sessions --json)"
}

is_by() {
    /build/curfew sessions --json | grep "\"id\":\"$desktop\"" | grep -qF "\"idle_source\":\"$1\""
}
terminals_aged ana
goes_by hint
on_desktop ana :5 xdotool mousemove 60 220 key a
goes_by tty

# Of two desktops nobody knows which one an agent outside all sessions sees.
desktop_on second ana :7 'sleep 1000'
refused 'several graphical sessions' outside ana
stop_curfew
