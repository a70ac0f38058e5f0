# on: trixie-desktop bookworm-desktop
# X sessions with curfew's agent: idle by the display itself, warned by one notification, which a key or its button takes
# back, and ended when nobody is there. An agent that has gone leaves the session's idle time unknown.
cat >/box/curfew.lua <<'LUA'
dry_run  = false
policies = {
  { "/box/policies/idle.lua", limit = "60s", warnings = { "56s" }, except = { users = { "carol" } } },
  { "/box/tells.lua" },
  { "/box/policies/idle.lua", name = "short", limit = "12s", warnings = { "8s", "4s" }, only = { users = { "carol" } } },
}
limits   = { notice = "3s", share = 1 }
LUA
cat >/box/tells.lua <<'LUA'
sessions.watch({ user = "carol" }, function (session)
  session:wait_idle(5 * second)
  session:tell("Lunch is ready.")
end)
LUA
desktop_on ana ana :5
desktop_on bruno bruno :6
desktop_on carol carol :7 'sleep 1000'
desktop_on daniel daniel :8
start_curfew --config /box/curfew.lua
systemd-run --quiet --uid=carol -p Environment=DISPLAY=:7 -p Environment=XDG_RUNTIME_DIR="/run/user/$(id -u carol)" \
    /build/curfew-agent # as the user's service manager does, outside the session: for her only desktop
shows ana 'at work for session'
shows bruno 'at work for session'
shows daniel "at work for session"
ana=$(id_of ana) bruno=$(id_of bruno) carol=$(id_of carol)
/build/curfew why "$ana" | grep -q 'idle for' || fail "$(/build/curfew why "$ana")"

displayed() { # USER DISPLAY: how many notifications
    on_desktop "$1" "$2" dunstctl count displayed
}

warned() { # USER DISPLAY TEXT: it is shown, in a single notification
    noted "$1" "$3"
    journal '"what":"warn"' "\"user\":\"$1\"" "$3"
    [ "$(displayed "$1" "$2")" = 1 ] || fail "$1 does not see it: $(on_desktop "$1" "$2" dunstctl count; tail -n 30 "/box/$1.notes")"
}

gone() { # USER DISPLAY: nothing is shown any more
    in_time is_bare "$1" "$2" || fail "$1 still sees it"
}

is_bare() {
    [ "$(displayed "$1" "$2")" = 0 ]
}

# A key at the display takes the warning back at once; a press on the button does so as well.
warned ana :5 'logged off in 56 seconds'
on_desktop ana :5 xwd -root -silent >/box/ana.xwd # for whoever wants to see it
begun=${EPOCHREALTIME/./}
on_desktop ana :5 xdotool key a
journal '"what":"stays"' "\"session\":\"$ana\""
took=$((${EPOCHREALTIME/./} - begun))
gone ana :5
[ "$took" -lt 4500000 ] || fail "as late as by asking every five seconds: $took microseconds"
echo "from the key until it was taken back: $took microseconds"

# Without an agent nobody knows, nobody is ended, and nothing is left on the screen that nobody would take back.
warned bruno :6 'logged off in 56 seconds'
pkill -u bruno -x curfew-agent
journal '"what":"stays"' "\"session\":\"$bruno\""
[[ $(/build/curfew why "$bruno") == *"nobody knows its idle time"* ]] || fail "$(/build/curfew why "$bruno")"
gone bruno :6

# The button.
warned daniel :8 'logged off in 56 seconds'
grep -qF 'I am still here' /box/daniel.notes || fail "no button: $(cat /box/daniel.notes)"
on_desktop daniel :8 dunstctl action 0
journal '"what":"answer"' '"user":"daniel"' '"reason":"yes"'
gone daniel :8

# A message goes by the engine to the agent, and is journalled there.
/build/curfew msg daniel 'The printer is back.' || fail "no message"
noted daniel 'The printer is back.'
journal '"what":"tell"' '"user":"daniel"' 'said by root: The printer is back.'

# The second warning takes the place of the first, not of the message between them, and who is not there is ended.
noted carol 'Lunch is ready.'
noted carol 'logged off in 4 seconds'
places=$(awk '/member=Notify$/ { as = "for " } /^method return/ { as = "is " } as && /^ *uint32/ { printf "%s%s ", as, $2; as = "" }' \
    /box/carol.notes)
[[ $places =~ ^for\ 0\ is\ ([1-9][0-9]*)\ for\ 0\ is\ ([1-9][0-9]*)\ for\ ([0-9]+)\  ]] || fail "not three: $places"
[ "${BASH_REMATCH[3]}" = "${BASH_REMATCH[1]}" ] && [ "${BASH_REMATCH[3]}" != "${BASH_REMATCH[2]}" ] || fail "not in their places: $places"
[ "$(grep -c 'I am still here' /box/carol.notes)" = 2 ] || fail "a message has a button: $(cat /box/carol.notes)"
journal '"what":"ended"' "\"session\":\"$carol\""
none_runs carol 'Xvfb|xterm|dunst'
is_there "$ana" && is_there "$bruno" && [ -n "$(id_of daniel)" ] || fail "$(loginctl)"
stop_curfew
