# What changes is told without being asked: logons, locks, logoffs.
probe
log_on ana ana
expect 'added * user=ana *'
ana=$(id_of ana)

path=/org/freedesktop/login1/session/_3$ana
path=$(busctl call org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager GetSession s "$ana" |
    cut -d'"' -f2)
busctl call org.freedesktop.login1 "$path" org.freedesktop.login1.Session SetLockedHint b true
expect "changed $ana locked=yes locked_for=0 *"
busctl call org.freedesktop.login1 "$path" org.freedesktop.login1.Session SetLockedHint b false
expect "changed $ana locked=no *locked_for=unknown *"

type_in ana exit
expect "gone $ana *"

# Anybody may send us a signal directly; only logind is believed.
log_on bruno bruno
expect 'added * user=bruno *'
bruno=$(id_of bruno)
name=$(busctl --no-legend list --unique | awk -v pid="$probe_pid" '$2 == pid { print $1 }')
su ana -c "dbus-send --system --dest=$name --type=signal /org/freedesktop/login1 \
    org.freedesktop.login1.Manager.SessionRemoved string:$bruno objpath:/org/freedesktop/login1/session/x"
say refresh "$bruno" user
expect 'done done * user=bruno*'
! grep -q "gone $bruno" /box/transcript || fail "a forged signal was believed"
quit_probe
