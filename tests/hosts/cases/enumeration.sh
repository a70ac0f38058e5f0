# Sessions that are there already are listed with all that logind knows of them.
log_on ana ana
log_on_plain bruno 'exec sleep 1000'
log_on root root
ana=$(id_of ana) bruno=$(id_of bruno) root=$(id_of root)

start_probe
expect 'listing 0'
for ((i = 0; i < 3; i++)); do
    expect 'added *'
    echo "$got" >>/tmp/added
done
expect 'listed 3'

got=$(grep "^added $ana " /tmp/added)
for fact in name=pts/0 user=ana "uid=$(id -u ana)" class=user type=tty active=yes locked=no disconnected=no \
            closing=no console=no remote=yes remote_host=127.0.0.1 seat=unknown service=sshd desktop=unknown \
            "leader=$(loginctl show-session -P Leader "$ana")" birth=known locked_for=unknown; do
    [ "$(field "${fact%%=*}")" = "${fact#*=}" ] || fail "not $fact: $got"
done
[ "$(field age)" -le 20 ] || fail "too old: $got"
[[ $got != *idle=* ]] || fail "idle is read when asked for only: $got"

got=$(grep "^added $bruno " /tmp/added)
[ "$(field name)" = "$bruno" ] || fail "a session without a terminal goes by its id: $got"
got=$(grep "^added $root " /tmp/added)
[ "$(field uid)" = 0 ] || fail "$got"

say list
expect 'listing 3'
expect 'listed 3'
expect 'done done*'
quit_probe
