# on: bookworm-desktop trixie-desktop
# A desktop that nothing can judge or warn: what it lacks is said by `status`, `why`, `msg` and `tsdiscon`, the journal is
# not filled, and all of it is over when an agent comes. One that dies again and again is waited with.
cat >/box/curfew.lua <<'LUA'
dry_run  = false
policies = { { "/box/policies/idle.lua", limit = "60s", warnings = { "56s" } }, { "/box/policies/disconnected.lua" } }
limits   = { notice = "3s", share = 1 }
LUA
desktop_on ana ana :5 'sleep 1000'
ana=$(id_of ana)
desktop_on bruno bruno :6
start_curfew --config /box/curfew.lua
shows bruno 'at work for session' # or his desktop lacks the same for now

lacks='nothing tells of input at this desktop, and no warning can be shown there: install curfew-agent'
comes_to_say "session $ana: $lacks" /build/curfew status
comes_to_say "$lacks" /build/curfew why "$ana"
comes_to_say "\"missing\":[{\"why\":\"$lacks\",\"sessions\":[\"$ana\"],\"count\":1}]" /build/curfew status --json
comes_to_say "so no policy that goes by it ends them disconnected: session" /build/curfew status
comes_to_say "note: policies.disconnected ends none of these that are logged on here, since nobody knows whether they are disconnected: session" \
    /build/curfew check --config /box/curfew.lua
comes_to_say "/box/curfew.lua: no mistakes" /build/curfew check --config /box/curfew.lua
comes_to_say "took no message: $lacks" /build/curfew msg "$ana" hello
comes_to_say 'messages at a desktop are shown by its agent' runuser -u ana -- /build/curfew msg "$ana" hello
comes_to_say "nothing on this host disconnects a desktop of this kind" /build/curfew tsdiscon "$ana"

# Where the desktop itself tells of input, only warnings lack; one row says so, and the next try is a minute away.
path=$(busctl call org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager GetSession s "$ana" | cut -d'"' -f2)
hint() {
    busctl call org.freedesktop.login1 "$path" org.freedesktop.login1.Session SetIdleHint b "$1"
}
hint true
comes_to_say "session $ana: no warning can be shown at this desktop: install curfew-agent" /build/curfew status
journal '"what":"failed"' 'install curfew-agent'
ln -s /build/curfew-agent /usr/bin/curfew-agent
hint false # upon which it is read again
comes_to_say 'curfew-agent is installed, but not at work in it' /build/curfew status

# An agent that is killed leaves its notification on the screen, which the next one takes back.
begins() { # USER DISPLAY NUMBER: an agent in the user's only session
    local scope
    scope=/sys/fs/cgroup/user.slice/user-$(id -u "$1").slice/session-$(id_of "$1").scope/cgroup.procs
    (echo $BASHPID >"$scope" && exec runuser -u "$1" -- env DISPLAY="$2" XDG_RUNTIME_DIR="/run/user/$(id -u "$1")" \
        /build/curfew-agent) >"/box/agent-$3" 2>&1 &
    grep -qF -m 1 "${4:-at work for session}" <(timeout 20 tail -c +1 -F "/box/agent-$3" 2>/dev/null) || fail "$(cat "/box/agent-$3")"
}
noted bruno 'you will be logged off in'
comes_to_say 1 on_desktop bruno :6 dunstctl count displayed
pkill -KILL -u bruno -x curfew-agent
journal '"what":"stays"' '"user":"bruno"'
comes_to_say 1 on_desktop bruno :6 dunstctl count displayed
begins bruno :6 1
comes_to_say 0 on_desktop bruno :6 dunstctl count displayed

# Of agents that die young the second has an heir only a minute later.
pkill -KILL -u bruno -x curfew-agent
comes_to_say 'curfew-agent is installed, but not at work in it' /build/curfew why "$(id_of bruno)"
begins bruno :6 2 'its last 2 have ended soon after they began; the next is taken in'
[ "$(grep -cE '"what":"(warn|failed)"' /box/journal)" -lt 10 ] || fail "$(cat /box/journal)"
is_there "$ana" && [ -n "$(id_of bruno)" ] || fail "somebody was ended unwarned"
stop_curfew
