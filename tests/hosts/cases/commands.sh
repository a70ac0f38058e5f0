# on: bookworm trixie
# Windows' commands on a real host: sessions ended by id, by name, by user, and one's own; messages, listings, rights.
for name in logoff msg quser qwinsta query tsdiscon; do ln -s /build/curfew /usr/bin/$name; done

says() { # STATUS TEXT COMMAND…: the command ends so, and says that
    local status=0 output
    output=$(timeout 60 "${@:3}" 2>&1 </dev/null) || status=$?
    [ "$status" = "$1" ] || fail "${*:3}: exit status $status: $output"
    [[ $output == *"$2"* ]] || fail "${*:3} says: $output"
}

name_of() { # LABEL: its terminal as a session's name, "pts/3"
    local terminal
    terminal=$(terminal_of "$1")
    echo "${terminal#/dev/}"
}

ids_of() { loginctl --no-legend list-sessions | awk -v user="$1" '$3 == user && !/manager/ { print $1 }'; }

log_on ana ana
log_on bruno bruno
log_on carol carol
log_on daniel daniel
log_on second daniel
ana=$(id_of ana) bruno=$(id_of bruno) carol=$(id_of carol)

# Listings, from inside a session and from none.
says 0 ' USERNAME              SESSIONNAME        ID  STATE   IDLE TIME  LOGON TIME' quser
[[ $(quser) != *'>'* ]] || fail "this script has a session of its own: $(quser)"
[ "$(quser | tail -n +2 | awk '{ print $1 }' | sort | xargs)" = 'ana bruno carol daniel daniel' ] || fail "$(quser)"
type_in ana 'quser | grep "^>" | tr -s " "'
shows ana ">ana $(name_of ana) $ana Active . "
type_in ana 'qwinsta | grep "^>" | tr -s " "'
shows ana ">$(name_of ana) ana $ana Active tty"
type_in ana 'query process | grep "^>" | grep -c bash'
shows ana 1
says 0 "\"id\":\"$bruno\"" quser /json bruno
says 0 ' bash' query process /id:"$bruno"
says 1 'No User exists for nobody' quser nobody
sessions_aged 7200
touch -a -d '62 minutes ago' "$(terminal_of bruno)"
[[ $(quser bruno | tr -s ' ') == *" Active 1:0"[12]" "* ]] || fail "$(quser)"

# Messages.
says 0 "session $bruno (bruno, $(name_of bruno)): told" msg bruno /v Lunch is served
shows bruno 'Lunch is served'
says 0 '' msg "$(name_of ana)" by name
shows ana 'by name'
type_in ana 'msg bruno from ana; echo status-$?'
shows ana 'or you may not write there'
shows ana status-1
says 1 'there is no session nobody' msg nobody hello

# Whoever may not, is told so; what a terminal cannot do, too.
type_in ana "logoff $bruno; echo ended-with-\$?"
shows ana "access to session $bruno (bruno, $(name_of bruno)) is denied"
shows ana ended-with-1
says 1 'cannot be disconnected here' tsdiscon "$bruno"
says 1 'this command runs in no session' logoff
says 1 'there is no session 99999' logoff 99999
says 1 'daniel may mean 2 sessions' logoff daniel
[ "$(ids_of bruno)" = "$bruno" ] || fail "bruno's session is gone"

# The right one ends, verified, and no other.
says 0 "Session $carol (carol, $(name_of carol)) has ended" logoff "$carol" /v
[ -z "$(ids_of carol)" ] || fail "carol's session is there"
says 0 '' logoff "$(name_of second | tr p P)"
[ "$(ids_of daniel | wc -l)" = 1 ] || fail "daniel has: $(ids_of daniel)"
says 0 '' logoff daniel
[ -z "$(ids_of daniel)" ] || fail "daniel's session is there"
type_in ana logoff
has_gone() {
    [ -z "$(ids_of "$1")" ]
}
in_time has_gone ana || fail "ana's session is there"

# With a warning; a session whose processes are deaf; by force.
says 0 "Session $bruno (bruno, $(name_of bruno)) has ended" logoff bruno --warn 2s 'Please save your work.' /v
shows bruno 'Please save your work.'
log_on late daniel
logoff daniel --warn 10m 'In ten minutes.' 2>/box/interrupted &
waiting=$!
shows late 'In ten minutes.'
kill -INT $waiting
wait $waiting && fail "an interrupted logoff has done its work"
grep -q 'interrupted: the warning was taken back' /box/interrupted || fail "$(cat /box/interrupted)"
shows late 'You stay logged on.'
log_on deaf carol
type_in deaf "nohup setsid bash -c 'trap \"\" TERM HUP; echo deaf >/tmp/deaf; while :; do sleep 1000; done' >/dev/null 2>&1 &"
grep -qF -m 1 deaf <(timeout 10 tail -F /tmp/deaf 2>/dev/null)
says 0 'has ended' /build/curfew reset session carol /v
[ "$(processes_of carol)" = 0 ] || fail "left: $(ps -u carol)"

# A remote desktop goes by its display.
coproc DESKTOP { DISPLAY=:10 exec /build/tests/bench_sessions 1 bruno; }
read -r -t 60 _ <&"${DESKTOP[0]}" || fail "no desktop"
says 0 ' :10 ' quser bruno
says 0 ', :10) has ended' logoff :10 /v
[ -z "$(ids_of bruno)" ] || fail "bruno's desktop is there"
