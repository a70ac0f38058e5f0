# A thousand sessions, more than the bus answers calls of one connection at once (128): each is read, and so is its
# terminal; and none is watched that nobody waits for.
coproc PEOPLE { exec /build/tests/bench_sessions 1000 ana bruno carol daniel; }
read -r -t 60 _ <&"${PEOPLE[0]}" || fail "no sessions"
/build/curfew quser >/box/listed
[ "$(grep -cE ' pts/[0-9]+ .* Active +(\.|[0-9]+) +[0-9]' /box/listed)" = 1000 ] || fail "not all are known: $(head /box/listed)"

watches() {
    cat /proc/"$probe_pid"/fdinfo/* 2>/dev/null | grep -c '^inotify wd:' || true
}

probe
ids=($(loginctl --no-legend list-sessions | awk '{ print $1 }'))
for id in "${ids[@]:0:300}"; do
    say refresh "$id" idle output
    expect 'done done *'
    [[ $(field idle) != unknown ]] || fail "$got"
done
[ "$(watches)" = 0 ] || fail "watched for nobody: $(watches)"
for id in "${ids[@]:0:300}"; do
    say watch "$id" idle
    expect 'done done *watched=idle,*'
done
[ "$(watches)" = 301 ] || fail "not one each, and the folder: $(watches)"
for id in "${ids[@]:0:300}"; do
    say watch "$id"
    expect 'done done *'
done
[ "$(watches)" = 0 ] || fail "still watched: $(watches)"
quit_probe
