# on: trixie
# A display that is served from a session on a terminal, or used there, makes its idle time unknown: nobody can ask it.
log_on ana ana
ana=$(session_at ana)
sessions_aged 7200
probe

expect_idle() { # PATTERN
    terminals_aged ana
    say refresh "$ana" idle
    expect 'done done *'
    [[ $(field idle) == $1 ]] || fail "$got"
}

expect_idle '3[56]*'
type_in ana 'Xvfb :7 -nolisten tcp >/dev/null 2>&1 & echo begun-$((1 + 1))'
shows ana begun-2
until [ -S /tmp/.X11-unix/X7 ]; do :; done
expect_idle unknown
say watch "$ana" idle
expect 'done done *watched= *'
say quiet 1800
say logoff "$ana"
expect 'done stale *'
pkill -x Xvfb
while pgrep -x Xvfb >/dev/null; do :; done
expect_idle '3[56]*'

# One elsewhere, used from here.
type_in ana 'DISPLAY=localhost:10.0 sleep 1000 & echo begun-$((2 + 2))'
shows ana begun-4
expect_idle unknown
pkill -x sleep
while pgrep -u ana -x sleep >/dev/null; do :; done
expect_idle '3[56]*'
quit_probe
