# on: bookworm trixie
# What is inside a session, or no session at all: a shell that su begins there, a user whose services linger, a file
# transfer over ssh.
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

# A user whose services linger has no session of a person's.
loginctl enable-linger daniel
until [ "$(systemctl is-active "user@$(id -u daniel).service")" = active ]; do :; done
! grep -q daniel <(/build/curfew sessions) || fail "$(/build/curfew sessions)"
! grep -q daniel <(/build/curfew quser) || fail "$(/build/curfew quser)"

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
