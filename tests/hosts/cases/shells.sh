# on: bookworm trixie
# Nine shells over one ssh connection are one session, and every one of them counts. sshd has ten at the most, and counts one
# that has ended for a moment yet (MaxSessions).
ssh_options=(-M -S /box/shared)
log_on shell1 ana
ssh_options=(-S /box/shared)
for i in {2..8}; do log_on "shell$i" ana; done
ana=$(session_at shell1)
sessions_aged 7200
probe

terminals_aged ana
say refresh "$ana" idle output
expect 'done done *'
[ "$(field idle)" -ge 3590 ] && [ "$(field output)" -ge 3590 ] || fail "$got"

say warn "$ana" 1 'To every shell.'
expect 'done done delivered=yes*'
for i in {1..8}; do shows "shell$i" 'To every shell.'; done

say watch "$ana" idle
expect 'done done *watched=idle,*'
[ "$(field idle)" -ge 3590 ] || fail "$got"
type_in shell8 true
expect "changed $ana idle=0*"

# One that comes while the session is watched: the first key typed there is told.
terminals_aged ana
say watch "$ana" idle
expect 'done done *watched=idle,*'
log_on shell9 ana # which types
[ "$(session_at shell9)" = "$ana" ] || fail "it is another session"
expect "changed $ana idle=0*"

# One that ends takes nothing with it.
terminals_aged ana
type_in shell9 'echo last-$((1 + 1)); exec sleep 1000'
shows shell9 last-2
terminals_aged ana
say watch "$ana" idle
expect 'done done *watched=idle,*'
pkill -KILL -u ana -x sleep
type_in shell3 true
expect "changed $ana idle=0*"

# What runs by the same connection without a terminal, as editors' servers do, may be what its user is at: nobody knows.
ssh "${ssh_options[@]}" ana@127.0.0.1 'echo here >here; exec sleep 1001' &
until [ -s /home/ana/here ]; do :; done
terminals_aged ana
say watch "$ana" idle
expect 'done done *watched= *idle=unknown*'
pkill -KILL -u ana -x sleep
while pgrep -u ana -x sleep >/dev/null; do :; done
say refresh "$ana" idle
expect 'done done *'
[ "$(field idle)" -ge 3590 ] || fail "$got"

# The last terminal takes what could be told.
type_in shell1 'setsid nohup sleep 1002 >/dev/null 2>&1 & echo begun-$((1 + 1))'
shows shell1 begun-2
terminals_aged ana
say watch "$ana" idle
expect 'done done *watched=idle,*'
pkill -KILL -u ana -x bash
expect "changed $ana *idle=unknown*"
quit_probe
