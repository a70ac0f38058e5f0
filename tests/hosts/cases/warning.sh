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

# Somebody else's terminal is not written to.
type_in ana $'\x11'
chown carol "$(terminal_of ana)"
say warn "$ana" 6 'Not for carol.'
expect 'done done delivered=no*'
shows_not ana 'Not for carol.'
quit_probe
