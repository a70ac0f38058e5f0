# on: bookworm trixie
# The Debian package: installed it is a dry run that somebody has to enable; an upgrade keeps what was changed and goes on by
# the new program; a removal keeps configuration and journal; a purge leaves nothing but the user.
packages=(/src/build/package/curfew_*.deb)
[ -f "${packages[0]}" ] || { echo "no package is there: scripts/package makes it" && exit 77; }

dpkg_says() { # ARGUMENT…
    DEBIAN_FRONTEND=noninteractive dpkg "$@" >/box/dpkg 2>&1 || fail "dpkg $*: $(cat /box/dpkg)"
    ! grep -iE 'warning|error|fail' /box/dpkg || fail "dpkg $*: $(cat /box/dpkg)"
}
state() { # WANTED COMMAND…: what it says, whatever its status
    local output
    output=$("${@:2}" 2>/dev/null) || true
    [ "$output" = "$1" ] || fail "${*:2} says: $output"
}
main_pid() { systemctl show -P MainPID curfew; }

# Installed: not enabled, not at work, nothing of a journal yet.
dpkg_says -i "${packages[0]}"
state disabled systemctl is-enabled curfew
state inactive systemctl is-active curfew
[ "$(id -u curfew)" -lt 1000 ] || fail "$(id curfew)"
[ "$(command -v curfew quser logoff | paste -sd ' ')" = '/usr/bin/curfew /usr/bin/quser /usr/bin/logoff' ] || fail "$(command -v curfew quser logoff)"
grep -q 'pam_nologin.so file=/run/curfew/nologin' /etc/pam.d/common-account || fail "no rule of PAM: $(cat /etc/pam.d/common-account)"
systemd-analyze verify --man=no curfew.service >/box/verify 2>&1 || fail "$(cat /box/verify)"
[ ! -s /box/verify ] || fail "$(cat /box/verify)"
systemd-analyze security --no-pager --threshold=20 curfew.service >/box/security || fail "$(tail -n 1 /box/security)"
curfew check --config /etc/curfew/curfew.lua >/dev/null || fail "the configuration has mistakes"

# Enabled: it is at work, and answers; somebody idle for long stays, as it is a dry run.
log_on ana ana
ana=$(session_at ana)
sessions_aged 10000
terminals_aged ana
sed -i '/^  { "spare/d; s/limit = "2h"/limit = "30m", warnings = { "10s" }/' /etc/curfew/curfew.lua
echo 'limits = { notice = "3s", share = 1 }' >>/etc/curfew/curfew.lua
systemctl enable --now curfew 2>/dev/null || fail "$(journalctl --no-pager -u curfew)"
state enabled systemctl is-enabled curfew
curfew status | grep -q 'dry run' || fail "$(curfew status)"
curfew status | grep -q idle || fail "$(curfew status)"
entry "\"session\":\"$ana\"" '"what":"logoff"'
is_there "$ana" || fail "ana is gone"

# An upgrade, to a package with another default configuration.
before=$(main_pid)
dpkg-deb -R "${packages[0]}" /box/newer
sed -i 's/^Version: .*/Version: 99-1/' /box/newer/DEBIAN/control
echo '-- newer' >>/box/newer/etc/curfew/curfew.lua
sed -i 's/^Description=/&Newer: /' /box/newer/usr/lib/systemd/system/curfew.service
(cd /box/newer && find . -type f ! -path './DEBIAN/*' -printf '%P\0' | xargs -0 md5sum >DEBIAN/md5sums)
dpkg-deb -b /box/newer /box/newer.deb >/dev/null
DEBIAN_FRONTEND=noninteractive dpkg --force-confdef --force-confold -i /box/newer.deb >/box/dpkg 2>&1 || fail "$(cat /box/dpkg)"
grep -q 'limit = "30m"' /etc/curfew/curfew.lua || fail "the upgrade has lost a change of the configuration"
state enabled systemctl is-enabled curfew
state active systemctl is-active curfew
[[ $(systemctl show -P Description curfew) == Newer* ]] || fail "systemd has not seen the new unit"
[ "$(main_pid)" != "$before" ] || fail "the old program is still at work"
entry "\"session\":\"$ana\"" '"what":"logoff"' # of before the upgrade

# One that somebody has stopped stays so.
systemctl stop curfew
dpkg_says --force-confold -i /box/newer.deb
state inactive systemctl is-active curfew
systemctl start curfew

# A removal keeps what the administrator and the journal have written; the next installation goes on with it.
rows=$(curfew journal --json | wc -l)
dpkg_says -r curfew
[ ! -e /usr/bin/curfew ] && [ ! -e /usr/bin/quser ] || fail "programs are left"
! grep -r curfew /etc/pam.d || fail "the rule of PAM is left"
[ -z "$(pgrep -u curfew)" ] || fail "it is still at work: $(ps -u curfew)"
grep -q 'limit = "30m"' /etc/curfew/curfew.lua || fail "the configuration is gone"
[ -s /var/lib/curfew/journal.db ] || fail "the journal is gone: $(ls -la /var/lib/curfew)"
dpkg_says --force-confold -i /box/newer.deb
state enabled systemctl is-enabled curfew
[ "$(curfew journal --json | wc -l)" -ge "$rows" ] || fail "the journal is shorter: $rows"

# A purge.
echo 'sessions.watch({}, function () end)' >/etc/curfew/own.lua
dpkg_says -P curfew
left=$(find / -xdev \( -path /proc -o -path /sys -o -path /src -o -path /build -o -path /box -o -path /tmp \) -prune -o -name '*curfew*' -print)
[ -z "$left" ] || fail "these are left: $left"
[ -z "$(pgrep -u curfew)" ] || fail "$(ps -u curfew)"
is_there "$ana" || fail "ana is gone"

# What the RPM does about the same files, in the order in which rpm does it; there is no rpm here.
scriptlet() { sh /src/package/rpm-"$1" "$2" 2>/box/scriptlet || fail "$1 $2: $(cat /box/scriptlet)"; }
userdel curfew
dpkg-deb -x "${packages[0]}" / # /bin and its like are links, which it leaves
scriptlet post 1
state disabled systemctl is-enabled curfew
systemctl enable --now curfew 2>/dev/null || fail "$(journalctl --no-pager -u curfew)"
before=$(main_pid)
scriptlet post 2
scriptlet preun 1
scriptlet postun 1
state active systemctl is-active curfew
[ "$(main_pid)" != "$before" ] || fail "RPM: the old program is still at work"
scriptlet preun 0
state inactive systemctl is-active curfew
[ ! -e /etc/systemd/system/multi-user.target.wants/curfew.service ] || fail "RPM: it is still enabled"
scriptlet postun 0
