# on: bookworm trixie
# What a listing shows is the same whether sessions are read from logind's own files, as on the usual bus, or each by a
# message, as on one that is named: sessions of several kinds, in an order that a seed gives, that are locked, closed and
# ended meanwhile.
RANDOM=${LISTING_SEED:-7}
named=(env DBUS_SYSTEM_BUS_ADDRESS=unix:path=/run/dbus/system_bus_socket)

# What differs from moment to moment is left out, but for whether it is known.
listed() { # [PREFIX…]
    "$@" /build/curfew sessions --all --json | sed -E 's/"(age|idle|output|locked_for|cpu)":[0-9.]+/"\1":known/g'
}

# compare WHAT: both ways, of one moment: what has changed between the two is looked at again.
compare() {
    local try
    for ((try = 0; try < 20; try++)); do
        listed "${named[@]}" >/box/before
        listed >/box/by_file
        listed "${named[@]}" >/box/by_bus
        ! cmp -s /box/before /box/by_bus || break
    done
    cmp -s /box/by_file /box/by_bus || fail "$1: $(diff /box/by_file /box/by_bus)"
}

users=(ana bruno carol daniel)
labels=()
for ((i = 0; i < 12; i++)); do
    user=${users[RANDOM % 4]}
    kind=$((i < 6 ? i : RANDOM % 6)) # each once
    case $kind in
    0 | 1) log_on "t$i" "$user" && labels+=("t$i") ;;
    2) ssh "$user@127.0.0.1" 'exec sleep 1000' </dev/null >/dev/null 2>&1 & ;;
    3) systemd-run --quiet -p PAMName=login -p User="$user" -p Environment="XDG_SESSION_TYPE=x11 DISPLAY=:$i" sleep 1000 ;;
    4) systemd-run --quiet -p PAMName=login -p User="$user" -p Environment=XDG_SESSION_CLASS=background sleep 1000 ;;
    5) systemd-run --quiet -p PAMName=login -p User="$user" -p Environment=XDG_SESSION_TYPE=tty sh -c 'exec env DISPLAY=:99 sleep 1000' ;;
    esac
    compare "session $i"
done

[ "$(grep -c '"type":"tty"' /box/by_file)" -ge 3 ] && grep -q '"type":"x11"' /box/by_file ||
    fail "not all kinds: $(/build/curfew sessions --all)"

# Locked, as a desktop or its locker says: also where that runs in a session on a terminal.
lock() { # SESSION
    busctl call org.freedesktop.login1 "$(loginctl show-session "$1" -P Id | sed 's|^\([0-9]\)|_3\1|; s|^|/org/freedesktop/login1/session/|')" \
        org.freedesktop.login1.Session SetLockedHint b true
}
locked=0
for id in $(sed -nE 's/.*"id":"([^"]*)".*"type":"(x11|tty)".*/\1/p' /box/by_file); do
    leader=$(loginctl show-session "$id" -P Leader)
    [ "$(loginctl show-session "$id" -P Type)" = x11 ] || grep -qz ^DISPLAY= "/proc/$leader/environ" || continue
    lock "$id" && locked=$((locked + 1))
    compare "locked $id"
done
[ $locked -ge 2 ] && [ "$(grep -c '"locked":true' /box/by_file)" = $locked ] || fail "not $locked are locked: $(/build/curfew sessions)"

# Closing: what ignores its end is there still.
log_on deaf ana
type_in deaf "nohup setsid bash -c 'trap \"\" TERM HUP; while :; do sleep 1000; done' >/dev/null 2>&1 & echo deaf-\$((2 + 1))"
shows deaf deaf-3
deaf=$(session_at deaf)
loginctl terminate-session "$deaf"
grep -q '"closing":true' <(/build/curfew sessions --json) || fail "none is closing: $(/build/curfew sessions)"
compare closing
pkill -KILL -u ana -f 'trap'

# Let go: PAM has said that its user is logging off, its leader has not ended yet, and logind's file does not tell.
systemd-run --quiet -p PAMName=login -p User=root -p Environment=XDG_SESSION_TYPE=tty sh -c \
    'busctl call org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager ReleaseSession s "$XDG_SESSION_ID"; exec sleep 1000'
is_let_go() {
    local id
    id=$(id_of root) && [ -n "$id" ] && [ "$(loginctl show-session "$id" -P State)" = closing ]
}
in_time is_let_go || fail "root's session is not let go: $(loginctl)"
compare "let go"

# They end one by one.
for label in "${labels[@]}"; do
    type_in "$label" exit
    compare "after $label"
done

# Where the files cannot be read, the bus is asked.
log_on last bruno
/build/curfew sessions --json | sed -E 's/"(age|idle|output|locked_for|cpu)":[0-9.]+/"\1":known/g' >/box/with
unshare -m sh -c 'mount -t tmpfs none /run/systemd/sessions && exec /build/curfew sessions --json' |
    sed -E 's/"(age|idle|output|locked_for|cpu)":[0-9.]+/"\1":known/g' >/box/without
cmp /box/with /box/without || fail "$(diff /box/with /box/without)"
