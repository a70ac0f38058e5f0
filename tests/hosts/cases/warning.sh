# on: bookworm trixie
# A warning is on the session's terminal, harmless to display, or it was not delivered.
log_on ana ana
log_on_plain bruno 'exec sleep 1000'
ana=$(id_of ana) bruno=$(id_of bruno)
probe

say warn "$ana" 1 'You will be logged off in 5 minutes, because nobody has typed anything at this terminal for a long while.'
expect 'done done delivered=yes*'
shows ana '*** Notice ***'
shows ana 'You will be logged off in 5 minutes, because nobody has typed anything at this'
shows ana 'terminal for a long while.'

say warn "$ana" 2 $'An \e[2J escape.'
expect 'done done delivered=yes*'
shows ana 'An ?[2J escape.'

say withdraw "$ana" 1
expect 'done done *'
shows_not ana 'You stay logged on.'
say withdraw "$ana" 2
expect 'done done *'
shows ana 'You stay logged on.'

say warn "$bruno" 3 'Nobody reads this.'
expect 'done done delivered=no*'

# Our own writing is no sign of life.
sessions_aged 7200
expect 'found'
expect 'listed *'
touch -a -d '1 hour ago' "$(terminal_of ana)"
say warn "$ana" 4 'Still idle.'
expect 'done done delivered=yes*'
shows ana 'Still idle.'
say refresh "$ana" idle
expect 'done done *'
[ "$(field idle)" -ge 3590 ] || fail "$got"

# A terminal whose output is stopped takes nothing, and holds up nobody.
type_in ana $'\x13'
shows ana ''
say limit 5
for ((i = 0; i < 200; i++)); do
    say warn "$ana" 5 "Line $i for a terminal that is stopped, and long enough to fill what is between."
    expect 'done *'
    [[ $got != *delivered=no* ]] || break
done
[[ $got == 'done done delivered=no'* ]] || fail "still delivered: $got"
grep -q "< changed $ana blocked=$(terminal_of ana) takes nothing" /box/transcript || fail "nobody is told of it"

# It is told of as soon as it takes something again; and what was to be said of a notice that is over is said then.
type_in ana $'\x11'
expect "changed $ana blocked=unknown *"
before=$(grep -c 'You stay logged on.' /box/ana.out)
say warn "$ana" 7 'Seen before the output is stopped.'
expect 'done done delivered=yes*'
type_in ana $'\x13'
for ((i = 0; i < 200; i++)); do
    say warn "$ana" 8 "Line $i for a terminal that is stopped again."
    expect 'done *'
    [[ $got != *delivered=no* ]] || break
    seen=8
done
say withdraw "$ana" "${seen:-7}"
expect 'done done *'
[ "$(grep -c 'You stay logged on.' /box/ana.out)" = "$before" ] || fail "it is not stopped"
type_in ana $'\x11'
expect "changed $ana blocked=unknown *"
until [ "$(grep -c 'You stay logged on.' /box/ana.out)" = $((before + 1)) ]; do
    say refresh "$ana" idle # to wait for something
    expect 'done done *'
done

# A reader that hangs while a program prints without end: the same.
ssh=$(pgrep -f 'ssh -tt .*ana@')
type_in ana 'yes filling; echo'
shows ana filling
kill -STOP $ssh
for ((i = 0; i < 200; i++)); do
    say warn "$ana" 9 'For somebody whose client hangs.'
    expect 'done *'
    [[ $got != *delivered=no* ]] || break
done
[[ $got == 'done done delivered=no'* ]] || fail "still delivered: $got"
kill -CONT $ssh
expect "changed $ana blocked=unknown *"
type_in ana $'\x03'

# Somebody else's terminal is not written to.
chown carol "$(terminal_of ana)"
say warn "$ana" 6 'Not for carol.'
expect 'done done delivered=no*'
shows_not ana 'Not for carol.'

# That it is waited for keeps no session: this one ends while its terminal is stopped.
chown ana "$(terminal_of ana)"
type_in ana $'\x13'
for ((i = 0; i < 200; i++)); do
    say warn "$ana" 10 "Line $i for a terminal that is stopped."
    expect 'done *'
    [[ $got != *delivered=no* ]] || break
done
kill $ssh
expect "gone $ana*"
quit_probe
