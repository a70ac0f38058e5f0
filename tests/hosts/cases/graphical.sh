# Graphical sessions go by their idle hint, where a desktop ever set one; their terminal tells nothing.
script -qfc 'env XDG_SESSION_TYPE=x11 login -p -f carol' /box/carol.out </dev/null >/dev/null &
probe
carol=$(id_of carol)
[ -n "$carol" ] || { expect 'added * user=carol *'; carol=$(id_of carol); }
[ "$(loginctl show-session -P Type "$carol")" = x11 ] || fail "no graphical session"
path=$(busctl call org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager GetSession s "$carol" |
    cut -d'"' -f2)
hint() {
    busctl call org.freedesktop.login1 "$path" org.freedesktop.login1.Session SetIdleHint b "$1"
}

say refresh "$carol" idle idle_source disconnected groups
expect 'done done * groups=carol,operators disconnected=unknown idle=unknown idle_source=unknown *'
hint true
say refresh "$carol" idle idle_source
expect 'done done * idle=[0-2] idle_source=hint *'
hint false
say refresh "$carol" idle idle_source
expect 'done done * idle=[0-2] idle_source=hint *'

# The hint stands while the session was quiet; an expectation from before it is stale.
hint true
say quiet 3600
say logoff "$carol"
expect 'done stale *'
# Nobody sees a graphical session's terminal, so nobody was warned.
say warn "$carol" 1 'Nobody reads this.'
expect 'done done delivered=no*'
shows_not carol 'Nobody reads this.'
say lock "$carol"
expect 'done done *'
say logoff "$carol"
expect_all 'done done *' "gone $carol *"

# A session that serves terminals is used for as long as its user's desktop is; nobody knows where that tells nothing.
coproc DESKTOP { DISPLAY=:10 exec /build/tests/bench_sessions 1 daniel; }
read -r -t 60 _ <&"${DESKTOP[0]}" || fail "no desktop"
desktop=$(id_of daniel)
log_on text daniel
text=$(session_at text)
sessions_aged 7200
expect found
expect 'listed *'
terminals_aged daniel
say watch "$text" idle idle_source
expect 'done done *watched=idle,*'
[ "$(field idle)" -ge 3590 ] || fail "$got"
type_in text 'tmux new-session -d; echo begun-$((1 + 1))'
shows text begun-2
terminals_aged daniel
say watch "$text" idle idle_source
expect 'done done *watched= *idle=unknown*'
path=$(busctl call org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager GetSession s "$desktop" |
    cut -d'"' -f2)
hint true
say watch "$text" idle idle_source
expect 'done done *watched= *idle=[0-5] idle_source=hint*'
say refresh "$desktop" idle idle_source # which serves none
expect 'done done *idle=[0-5] idle_source=hint*'
quit_probe
