# More sessions than the bus answers calls of one connection at once (128): each is read, and so is its terminal.
coproc PEOPLE { exec /build/tests/bench_sessions 300 ana bruno carol daniel; }
read -r -t 60 _ <&"${PEOPLE[0]}" || fail "no sessions"
/build/curfew quser >/box/listed
[ "$(grep -cE ' pts/[0-9]+ .* Active +(\.|[0-9]+) +[0-9]' /box/listed)" = 300 ] || fail "not all are known: $(cat /box/listed)"
