# on: bookworm trixie
# A tmux or screen that was started in one session and is used from another: whoever types there is there.
probe

# idle_between FROM TO SESSION: its idle time, read now.
idle_between() {
    say refresh "$3" idle
    expect 'done done *'
    [ "$(field idle)" -ge "$1" ] && [ "$(field idle)" -le "$2" ] || fail "session $3: $got"
}

# used USER SERVER ATTACH: a server begun in one session, and attached from another.
used() {
    log_on "$1-1" "$1"
    log_on "$1-2" "$1"
    local first second pane
    first=$(session_at "$1-1") second=$(session_at "$1-2")
    sessions_aged 7200
    expect found
    expect 'listed *'

    # What its user does elsewhere is of no account, until it serves terminals.
    terminals_aged "$1"
    touch -a "$(terminal_of "$1-2")"
    idle_between 3590 3605 "$first"
    type_in "$1-1" "$2; echo begun-\$((1 + 1))"
    shows "$1-1" begun-2
    until [ "$(pgrep -c -u "$1" -x bash)" = 3 ]; do :; done
    terminals_aged "$1"
    idle_between 3590 3605 "$first"
    touch -a "$(terminal_of "$1-2")"
    idle_between 0 5 "$first"
    type_in "$1-2" "$3"
    type_in "$1-2" 'echo pane-$((1 + 1))-$(tty)-'
    shows "$1-2" pane-2-/dev/pts/
    pane=$(grep -ao 'pane-2-/dev/pts/[0-9]*' "/box/$1-2.out" | tail -n 1 | cut -d- -f3)
    [ "$pane" != "$(terminal_of "$1-2")" ] || fail "no pane: $(cat "/box/$1-2.out")"

    # Nobody types.
    terminals_aged "$1"
    idle_between 3590 3605 "$first"
    idle_between 3590 3605 "$second"

    # Somebody types in the pane, from the second session: the first is used.
    say watch "$first" idle
    expect 'done done *watched=idle,*'
    type_in "$1-2" 'echo typed-$((1 + 1))'
    expect "changed $first idle=0*"
    idle_between 0 5 "$first"

    # In tmux's copy mode nothing reaches the pane; only the terminal that it is shown on tells.
    terminals_aged "$1"
    touch -a "$(terminal_of "$1-2")"
    idle_between 0 5 "$first"
    terminals_aged "$1"
    idle_between 3590 3605 "$first"

    # A warning is on the session's own terminal, and where its user is looking.
    say warn "$first" 1 'Look here.'
    expect 'done done delivered=yes*'
    shows "$1-1" 'Look here.'
    shows "$1-2" 'Look here.'
    idle_between 3590 3605 "$first"

    # It is left alone at the last moment, too.
    touch -a "$pane"
    say quiet 60
    say logoff "$first"
    expect 'done stale *'
    terminals_aged "$1"
    say quiet 60
    say logoff "$first"
    expect_all 'done done *' "gone $first *"
    idle_between 3590 3605 "$second"
}

used ana 'tmux new-session -d' 'TERM=xterm tmux attach'
used bruno 'SCREENDIR=$HOME/.screen screen -dmS work' 'TERM=xterm SCREENDIR=$HOME/.screen screen -x work'
quit_probe
