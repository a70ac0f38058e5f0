# What the cases have at hand inside a box. Nothing here sleeps: each waits for a line, with a limit.

# The shipped policies, whose limits may be seconds here.
policies=/box/policies
[ -d $policies ] || { cp -r /src/policies $policies && sed -i 's/least = [0-9]* [*] [a-z]*/least = 1 * second/' $policies/idle.lua; }

# Whatever else ends a case says where.
set -E
trap '((BASH_SUBSHELL)) || echo "${BASH_SOURCE##*/}:$LINENO: ended with $?: $BASH_COMMAND" >&2' ERR

fail() {
    echo "${BASH_SOURCE[1]##*/}:${BASH_LINENO[0]}: $*" >&2
    exit 1
}

# log_on LABEL USER[@HOST] [COMMAND]: an ssh session with a terminal. It shows in /box/LABEL.out; type_in types. Further
# options of ssh are in the array ssh_options.
ssh_options=()
log_on() {
    mkfifo "/box/$1.in"
    : >"/box/$1.out"
    local to=$2
    [[ $to == *@* ]] || to+=@127.0.0.1
    ssh -tt "${ssh_options[@]}" "$to" "${3:-}" <>"/box/$1.in" >>"/box/$1.out" 2>&1 &
    type_in "$1" 'echo at-$((40 + 2)):$(tty)'
    shows "$1" 'at-42:/dev/'
}

# desktop_on LABEL USER DISPLAY [COMMAND]: a session of that user's under an X server of its own, with notifications, and
# COMMAND in it (curfew's agent). What is said to the notification daemon goes to /box/LABEL.notes. Where desktop_closed
# is set, only who has the user's cookie may connect to the display, as display managers have it. Its seat is desktop_seat, if any,
# where its X server has the name of the one that display managers begin there.
desktop_type=x11 desktop_closed= desktop_seat=
desktop_on() {
    install -m 666 /dev/null "/box/$1.notes"
    install -m 666 /dev/null "/box/$1.out"
    local server=Xvfb
    [ -z "$desktop_seat" ] || server=/box/Xorg
    [ -z "$desktop_seat" ] || cp -n "$(command -v Xvfb)" $server
    cat >"/box/$1.session" <<SESSION
export DISPLAY=$3
${desktop_closed:+xauth -q add $3 . \$(mcookie)}
$server $3 ${desktop_closed:+-auth ~/.Xauthority} -nolisten tcp -noreset -screen 0 640x400x24 >/dev/null 2>&1 &
until xdpyinfo >/dev/null 2>&1; do :; done
dbus-monitor "interface='org.freedesktop.Notifications'" "type='method_return',sender='org.freedesktop.Notifications'" >/box/$1.notes 2>&1 &
xterm -geometry 40x10+20+200 &
dunst >/dev/null 2>&1 &
until busctl --user status org.freedesktop.Notifications >/dev/null 2>&1; do :; done
echo up-42
${4:-/build/curfew-agent}
echo over-42:\$?
exec sleep 1000
SESSION
    systemd-run --quiet --unit="desktop-$1" -p PAMName=login -p User="$2" -p Environment=XDG_SESSION_TYPE="$desktop_type" ${desktop_seat:+-p Environment=XDG_SEAT="$desktop_seat"} \
        -p StandardOutput=append:"/box/$1.out" -p StandardError=append:"/box/$1.out" bash "/box/$1.session"
    shows "$1" up-42
}

# noted LABEL TEXT: waits until the notification daemon was told it.
noted() {
    grep -qF -m 1 -- "$2" <(timeout 40 tail -c +1 -f "/box/$1.notes" 2>/dev/null) || fail "$1's daemon is not told: $2; $(tail -n 20 "/box/$1.notes")"
}

# on_desktop USER DISPLAY COMMAND…: as a program in that session would.
on_desktop() {
    runuser -u "$1" -- env DISPLAY="$2" XAUTHORITY="/home/$1/.Xauthority" XDG_RUNTIME_DIR="/run/user/$(id -u "$1")" \
        DBUS_SESSION_BUS_ADDRESS="unix:path=/run/user/$(id -u "$1")/bus" "${@:3}"
}

# in_time COMMAND…: runs it until it succeeds, for twenty seconds at the most.
in_time() {
    local last=$((SECONDS + 20))
    until "$@"; do
        ((SECONDS < last)) || return 1
        sleep 0.05
    done
}

# within USER SESSION COMMAND…: in that session's scope, as root.
within() {
    bash -c 'echo $$ >"$0/cgroup.procs"; exec "$@"' "/sys/fs/cgroup/user.slice/user-$(id -u "$1").slice/session-$2.scope" "${@:3}"
}

# none_runs USER NAMES: waits until none of these programs is the user's; one that was killed is seen until its parent hears of it.
none_runs() {
    in_time none_seen "$1" "$2" || fail "$(ps -u "$1")"
}

none_seen() {
    ! pgrep -u "$1" -x "$2" >/dev/null
}

# comes_to_say TEXT COMMAND…: waits until the command says so, whatever its status; lines and blanks count as one blank.
comes_to_say() {
    in_time says_now "$@" || fail "${*:2} does not say: $1; it says: $said"
}

says_now() {
    said=$("${@:2}" 2>&1 | tr -s '\n ' '  ') || true
    [[ $said == *"$1"* ]]
}

type_in() { # LABEL TEXT
    printf '%s\n' "$2" >"/box/$1.in"
}

# shows LABEL TEXT: waits until the terminal shows a line with it.
shows() {
    grep -qF -m 1 -- "$2" <(timeout 20 tail -c +1 -f "/box/$1.out" 2>/dev/null) || fail "$1's terminal does not show: $2; it ends: $(tail -n 5 "/box/$1.out" | cat -v)"
}

shows_not() { # LABEL TEXT
    ! grep -qF -- "$2" "/box/$1.out" || fail "$1's terminal shows: $2"
}

terminal_of() { # LABEL
    sed -n 's/^at-42:\(\/dev\/[a-z0-9/]*\).*/\1/p' "/box/$1.out" | head -n 1
}

# session_at LABEL: the id of the session in which its shell is.
session_at() {
    type_in "$1" 'echo id-is-$((1)):$XDG_SESSION_ID:'
    shows "$1" id-is-1:
    sed -n 's/.*id-is-1:\([^:]*\):.*/\1/p' "/box/$1.out" | tail -n 1
}

# terminals_aged USER: nobody has typed at, and nothing was printed on, any of the user's terminals for an hour.
terminals_aged() {
    find /dev/pts -user "$1" -exec touch -d '1 hour ago' {} +
}

# log_on_plain USER COMMAND: an ssh session without a terminal.
log_on_plain() {
    coproc PLAIN { exec ssh "$1@127.0.0.1" "echo here; $2" </dev/null; }
    read -r -t 10 _ <&"${PLAIN[0]}" || fail "no session of $1"
}

# id_of USER: the id of the user's session, of which there is one.
id_of() {
    loginctl --no-legend list-sessions | awk -v user="$1" '$3 == user { print $1; exit }'
}

# sessions_changed COMMAND…: runs it on each file in which logind remembers a session, and has logind read them again. It
# keeps the leaders' descriptors over a restart only, so it is not stopped for that.
sessions_changed() {
    local file
    for file in /run/systemd/sessions/*; do
        [ ! -f "$file" ] || [[ $file == *.ref ]] || "$@" "$file"
    done
    systemctl restart systemd-logind
}

# sessions_aged SECONDS: makes every session so much older, as logind remembers them.
sessions_aged() {
    sessions_changed age_session "$1"
}

age_session() { # SECONDS FILE
    awk -F= -v OFS== -v by="$1" '/^(REALTIME|MONOTONIC)=/ { $2 = sprintf("%.0f", $2 - by * 1000000) } 1' "$2" >/tmp/aged
    cat /tmp/aged >"$2"
}

processes_of() { # USER: how many, but for the manager that outlives its sessions by ten seconds
    ps -o comm= -u "$1" | grep -cvE '^(systemd|\(sd-pam\))$' || true
}

# ---- The back end by hand -------------------------------------------------------------------------------------------

start_probe() {
    coproc PROBE { exec "$@" /build/tests/logind_probe 2>&1; }
    exec {from_probe}<&"${PROBE[0]}" {to_probe}>&"${PROBE[1]}" # bash closes its own as soon as the probe has ended
    probe_pid=$PROBE_PID
}

probe() { # [PREFIX…]: starts it and waits for its first listing
    start_probe "$@"
    expect 'listed *'
}

say() {
    echo "> $*" >>/box/transcript
    echo "$*" >&"$to_probe"
}

# expect PATTERN: reads the probe's lines up to one that matches; it is left in $got.
expect() {
    while read -r -t 20 got <&"$from_probe"; do
        echo "< $got" >>/box/transcript
        [[ $got != $1 ]] || return 0
    done
    fail "the back end does not say: $1"
}

# expect_all PATTERN…: reads lines until each has matched one, in whatever order.
expect_all() {
    local left=("$@") i
    while [ ${#left[@]} -gt 0 ]; do
        read -r -t 20 got <&"$from_probe" || fail "the back end does not say: ${left[*]}"
        echo "< $got" >>/box/transcript
        for i in "${!left[@]}"; do [[ $got != ${left[i]} ]] || unset "left[i]"; done
    done
}

# field NAME: its value in $got.
field() {
    local rest=" $got "
    [[ $rest == *" $1="* ]] || fail "no $1 in: $got"
    rest=${rest#*" $1="}
    echo "${rest%% *}"
}

quit_probe() {
    say quit
    expect closed
    wait "$probe_pid" || fail "the probe ended with $?"
}

# ---- The program ----------------------------------------------------------------------------------------------------

# start_curfew ARGUMENT…: `curfew run --json`, whose journal is in /box/journal.
start_curfew() {
    : >/box/journal
    : >/box/curfew
    /build/curfew run --json "$@" >>/box/journal 2>>/box/curfew &
    curfew_pid=$!
}

# journal TEXT…: waits for an entry with all the texts.
journal() {
    local line text
    while read -r line; do
        for text; do [[ $line == *"$text"* ]] || continue 2; done
        return 0
    done < <(timeout 40 tail -c +1 -f /box/journal)
    fail "no such entry in the journal: $* $(tail -n 20 /box/journal /box/curfew)"
}

# on_disk COUNT TEXT: waits until so many entries of the journal on disk have the text.
on_disk() {
    [ "$(grep -cF -m "$1" -- "$2" <(timeout 40 /build/curfew journal --follow --json))" = "$1" ] ||
        fail "not $1 times in the journal: $2 $(/build/curfew journal | tail -n 20; cat /box/curfew)"
}

# watched_at LABEL: waits until the kernel is to tell curfew of the next reader (IN_ACCESS) of the label's terminal.
watched_at() {
    local terminal
    terminal=$(printf %x "$(stat -c %i "$(terminal_of "$1")")")
    in_time is_watched "$terminal" || fail "nothing would tell of a key at $1's terminal: $(grep -s '^inotify' "/proc/$curfew_pid/fdinfo/"*)"
}

is_watched() { # INODE
    grep -qsE "^inotify wd:[0-9a-f]+ ino:$1 .*\bmask:[0-9a-f]*[13579bdf] " "/proc/$curfew_pid/fdinfo/"*
}

kill_curfew() {
    kill -KILL "$curfew_pid"
    wait "$curfew_pid" 2>/dev/null || true
}

stop_curfew() {
    kill -TERM "$curfew_pid"
    wait "$curfew_pid" || fail "curfew ended with $?: $(cat /box/curfew)"
}

# ---- The shipped service ----------------------------------------------------------------------------------------------

service_installed() { # its policies are in /etc/curfew/policies
    install -m 755 /build/curfew /usr/bin/curfew
    install -D -m 644 /src/service/curfew.service /usr/lib/systemd/system/curfew.service
    install -D -m 644 /src/service/curfew.sysusers /usr/lib/sysusers.d/curfew.conf
    install -D -m 644 /src/service/curfew.rules /usr/share/polkit-1/rules.d/50-curfew.rules
    mkdir -m 755 /etc/curfew
    cp -r $policies /etc/curfew/policies
    systemd-sysusers
    systemctl daemon-reload
}

service_started() { # waits until it is at work
    systemctl start curfew || fail "$(journalctl --no-pager -u curfew)"
    grep -qF -m 1 'at work' <(timeout 20 journalctl --no-pager -f -n all "_PID=$(systemctl show -P MainPID curfew)") || fail "$(journalctl --no-pager -u curfew)"
}

# logged TEXT: waits until the system's log has it of the service, or of systemd about it.
logged() {
    grep -qF -m 1 -- "$1" <(timeout 40 journalctl --no-pager -f -n all -u curfew) ||
        fail "the log does not say: $1; $(journalctl --no-pager -n 30 -u curfew)"
}

# entry TEXT…: waits for an entry of the journal on disk with all the texts.
entry() {
    local line text
    while read -r line; do
        for text; do [[ $line == *"$text"* ]] || continue 2; done
        return 0
    done < <(timeout 40 curfew journal --follow --json --since 1h)
    fail "no such entry in the journal: $* $(curfew journal; journalctl --no-pager -n 20 -u curfew)"
}

is_there() { # SESSION
    loginctl show-session "$1" >/dev/null 2>&1
}

# ---- Remote desktops --------------------------------------------------------------------------------------------------

# desktop_tells USER TEXT: waits until a listing says so of the user's desktop, whose client writes into /box/USER.client.
desktop_tells() {
    in_time tells_now "$1" "$2" || fail "$1: not $2: $listed; $(tail -n 5 "/box/$1.client" /home/"$1"/.vnc/*.log /home/"$1"/.config/tigervnc/*.log /var/log/xrdp-sesman.log 2>&1)"
}

tells_now() {
    listed=$(/build/curfew sessions --json | grep "\"user\":\"$1\"" | grep '"type":"x11"') || listed=
    [[ $listed == *"$2"* ]]
}

close_client() { # USER: the client whose process is $client_USER, as by closing its window
    local client=client_$1
    kill "${!client}"
}

# ---- x2go ---------------------------------------------------------------------------------------------------------------

# x2go_ready PROGRAM: what its server wants, and a client's display, :50. A desktop has notifications, written into /box/USER.notes,
# the agent, and the program.
x2go_ready() {
    printf '127.0.0.1 localhost\n127.0.0.1 box.local box\n' >>/etc/hosts # names, which its start wants
    cat >/box/x2go.desktop <<SH
#!/bin/sh
dbus-monitor "interface='org.freedesktop.Notifications'" >"/box/\$USER.notes" 2>&1 &
dunst >/dev/null 2>&1 &
while :; do
    /build/curfew-agent >>"/box/\$USER.agent" 2>&1
    read -r _ </box/again
done &
exec $1
SH
    mkfifo -m 666 /box/again # who writes there has another agent begin, where one has ended
    chmod 755 /box/x2go.desktop
    chmod 1777 /box
    Xvfb :50 -nolisten tcp -noreset -screen 0 1280x1024x24 >/dev/null 2>&1 &
    until DISPLAY=:50 xdpyinfo >/dev/null 2>&1; do :; done
}

# x2go_begun USER: a desktop over one line; its session is $id then.
x2go_begun() {
    ssh -fN -M -S /box/line "$1@127.0.0.1"
    read -r -d '' x2go_display x2go_cookie x2go_agent x2go_session x2go_port _ < <(over "$1" 'x2gostartagent 640x400 lan 16m-jpeg-9 unix-kde-depth_24 us pc105/us 1 R xterm') || true
    [ -n "$x2go_port" ] || fail "no x2go session: $(ls -R "/home/$1/.x2go")"
    x2go_client "$1"
    id=$(id_of "$1")
    over "$1" "setsid x2goruncommand $x2go_display $x2go_agent $x2go_session $x2go_port /box/x2go.desktop nosnd R >/dev/null 2>&1 &"
    grep -qF -m 1 "at work for session $id" <(timeout 20 tail -c +1 -F "/box/$1.agent" 2>/dev/null) || fail "$(cat "/box/$1.agent")"
}

x2go_client() { # USER: as their client has it, the proxy
    ssh -S /box/line -O forward -L "41000:127.0.0.1:$x2go_port" "$1@127.0.0.1"
    mkdir -p /box/nx
    echo "nx/nx,retry=5,composite=1,connect=127.0.0.1,port=41000,cookie=$x2go_cookie,root=/box/nx,errors=/box/nx.err:50" >/box/nx.options
    DISPLAY=:50 nxproxy -S nx/nx,options=/box/nx.options:50 >"/box/$1.client" 2>&1 &
    eval "client_$1=$!"
    grep -qF -m 1 'Established X server connection' <(timeout 20 tail -c +1 -F "/box/$1.client" 2>/dev/null) || fail "$(cat "/box/$1.client")"
}

x2go_suspended() { # USER: as when the client's machine is taken away
    close_client "$1"
    ssh -S /box/line -O exit "$1@127.0.0.1"
}

# x2go_resumed USER: over another line, in another ssh session. The server's own watcher (x2gocleansessions, 4.1.0) rests: where
# it looks between the command's word and the agent's own, it takes the session for suspended, and has it suspended again.
x2go_resumed() {
    systemctl stop x2goserver
    ssh -fN -M -S /box/line "$1@127.0.0.1"
    x2go_port=$(over "$1" "x2goresume-session $x2go_session 640x400 lan 16m-jpeg-9 us pc105/us 0 R" 2>/dev/null | sed -n 's/^gr_port=//p')
    in_time grep -qE ": [0-9A-F]+:$(printf %04X "$x2go_port") [0-9A-F]+:0000 0A " /proc/net/tcp || fail "it is not resumed: $(tail "/home/$1/.x2go/C-$x2go_session/session.log")"
    x2go_client "$1"
    comes_to_say RUNNING cat "/tmp/.x2go-$1/C-$x2go_session/state"
    systemctl start x2goserver
}

over() { # USER COMMAND: over the one line by which all goes
    ssh -S /box/line "$1@127.0.0.1" "$2"
}
