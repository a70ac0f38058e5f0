# on: bookworm trixie
# What is inside a session, or no session at all: a shell that su begins there, one that run0 begins beside it, a user whose
# services linger, a file transfer over ssh.
log_on ana ana
log_on root root
ana=$(session_at ana) root=$(session_at root)
sessions_aged 7200
probe

idle_of() { # SESSION
    say refresh "$1" idle
    expect 'done done *'
    field idle
}

# su begins no session where its user types already: who types in its shell uses the session, whoever they are there.
type_in root 'su - bruno'
type_in root 'echo now-$(id -un)-$(tty)-'
shows root now-bruno-
find /dev/pts -type c -exec touch -d '1 hour ago' {} +
[ "$(idle_of "$root")" -ge 3590 ] || fail "$got"
type_in root 'echo typed-$((1 + 1))'
shows root typed-2
[ "$(idle_of "$root")" -le 5 ] || fail "$got"
[ "$(idle_of "$ana")" -ge 3590 ] || fail "$got"
[ -z "$(id_of bruno)" ] || fail "su has begun a session: $(loginctl)"
say warn "$root" 1 'To whose session it is.'
expect 'done done delivered=yes*'
shows root 'To whose session it is.'

# run0 (systemd 256) begins one, on a terminal of its own. Where that is root's, as since systemd 262, nobody knows what its
# user does there, and no warning reaches it.
if command -v run0 >/dev/null; then
    log_on admin root
    type_in admin 'run0 --background= --user=daniel'
    type_in admin 'echo run0-$(id -un)-$(tty)-'
    shows admin run0-daniel-/dev/pts/
    terminal=$(sed -n 's/.*run0-daniel-\(\/dev\/pts\/[0-9]*\)-.*/\1/p' /box/admin.out | tail -n 1)
    daniel=
    until [ -n "$daniel" ]; do daniel=$(id_of daniel); done
    quit_probe
    sessions_aged 7200
    probe
    touch -d '1 hour ago' "$terminal"
    [ "$(idle_of "$daniel")" -ge 3590 ] || fail "$got"
    say warn "$daniel" 1 'By way of run0.'
    expect 'done done delivered=yes*'
    shows admin 'By way of run0.'
    type_in admin 'echo typed-$((2 + 1))'
    shows admin typed-3
    [ "$(idle_of "$daniel")" -le 5 ] || fail "$got"
    chown root "$terminal"
    touch -d '1 hour ago' "$terminal"
    [ "$(idle_of "$daniel")" = unknown ] || fail "$got"
    say warn "$daniel" 2 'To nobody.'
    expect 'done done delivered=no*'
    say logoff "$daniel"
    expect_all 'done done *' "gone $daniel *"
    is_there "$root" && is_there "$ana" || fail "others have ended with it: $(loginctl)"
fi

# A user whose services linger has no session of a person's.
loginctl enable-linger daniel
until [ "$(systemctl is-active "user@$(id -u daniel).service")" = active ]; do :; done
! grep -q daniel <(/build/curfew sessions) || fail "$(/build/curfew sessions)"
! grep -q daniel <(/build/curfew quser) || fail "$(/build/curfew quser)"

# What goes on behind the ssh connection that began it, on a terminal of its own, as mosh's server does: the session closes.
ssh bruno@127.0.0.1 'setsid script -qc "exec sleep 4001" /dev/null </dev/null >/dev/null 2>&1 & until pgrep -fx "sleep 4001"; do :; done'
bruno=$(id_of bruno)
timeout 20 bash -c "until [ \$(loginctl show-session $bruno -P State) = closing ]; do :; done" || fail "$(loginctl)"
say refresh "$bruno" closing
expect 'done done *'
grep -qE "^$bruno .* closing " <(/build/curfew sessions) || fail "$(/build/curfew sessions)"
pkill -u bruno -fx 'sleep 4001'

# Nobody knows whether somebody waits for a file transfer.
coproc COPY { exec ssh -s carol@127.0.0.1 sftp; }
carol=
until [ -n "$carol" ]; do carol=$(id_of carol); done
until pgrep -u carol sftp-server >/dev/null; do :; done
quit_probe
sessions_aged 7200
probe
[ "$(idle_of "$carol")" = unknown ] || fail "$got"
say warn "$carol" 1 'Into the transfer?'
expect 'done done delivered=no*'
quit_probe
