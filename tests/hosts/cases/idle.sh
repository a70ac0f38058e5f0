# on: bookworm trixie
# The last input of a terminal, as late as it may have been; unknown wherever nothing tells.
log_on ana ana
log_on_plain bruno 'exec sleep 1000'
ana=$(id_of ana) bruno=$(id_of bruno) terminal=$(terminal_of ana)
sessions_aged 7200
touch -a -d '1 hour ago' "$terminal"
probe

say refresh "$ana" idle idle_source age
expect 'done done *'
[ "$(field idle_source)" = tty ] || fail "$got"
idle=$(field idle)
[ "$idle" -ge 3590 ] && [ "$idle" -le 3605 ] || fail "idle for $idle s, not an hour"
[ "$(field age)" -ge 7200 ] || fail "$got"

# Never older than the session: what was before its logon was another's.
touch -a -d '5 hours ago' "$terminal"
say refresh "$ana" idle age
expect 'done done *'
[ "$(field idle)" = "$(field age)" ] || fail "$got"

# A time in the future tells nothing, and is not to be relied on.
touch -a -d '1 hour' "$terminal"
say refresh "$ana" idle idle_doubt
expect "done done * idle=unknown idle_source=unknown idle_doubt=$terminal notes input at a time that is yet to come*"

# Typing shows.
touch -a -d '1 hour ago' "$terminal"
type_in ana 'echo typed-$((1 + 1))'
shows ana typed-2
say refresh "$ana" idle
expect 'done done * idle=0 *'

# A terminal that belongs to somebody else by now tells nothing of this session.
chown carol "$terminal"
say refresh "$ana" idle idle_source
expect 'done done * idle=unknown idle_source=unknown *'
chown ana "$terminal"

# No terminal: nothing tells.
say refresh "$bruno" idle idle_source
expect 'done done * idle=unknown idle_source=unknown *'

# Groups, on demand; and what this back end does not know is unknown, not made up.
say refresh "$ana" groups client disconnected_for
expect 'done done * groups=ana client=unknown disconnected_for=unknown'
quit_probe

# Newer systemd names no terminal for ssh sessions: it is found by the session's processes.
sessions_changed sed -i '/^TTY=/d'
touch -a -d '1 hour ago' "$terminal"
[ -z "$(loginctl show-session -P TTY "$ana")" ] || fail "the terminal is still named"
probe
say refresh "$ana" idle idle_source name
expect 'done done *'
[ "$(field idle)" -ge 3590 ] && [ "$(field idle_source)" = tty ] || fail "$got"
say warn "$ana" 1 'Found all the same.'
expect 'done done delivered=yes*'
shows ana 'Found all the same.'
quit_probe
