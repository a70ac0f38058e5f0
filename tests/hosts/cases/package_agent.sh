# on: bookworm-desktop trixie-desktop
# The agent's own Debian package beside the service's: the user's service manager starts it with the desktop, and the service
# takes it; the package of the server alone brings none of it. A purge leaves nothing.
packages=(/src/build/package/curfew_*.deb) agents=(/src/build/package/curfew-agent_*.deb)
[ -f "${packages[0]}" ] && [ -f "${agents[0]}" ] || { echo "no packages are there: scripts/package makes them" && exit 77; }

dpkg_says() { # ARGUMENT…
    DEBIAN_FRONTEND=noninteractive dpkg "$@" >/box/dpkg 2>&1 || fail "dpkg $*: $(cat /box/dpkg)"
    ! grep -iE 'warning|error|fail' /box/dpkg || fail "dpkg $*: $(cat /box/dpkg)"
}

dpkg_says -i "${packages[0]}"
[ -z "$(command -v curfew-agent)" ] || fail "the server's package brings the agent"
systemctl start curfew
dpkg_says -i "${agents[0]}"
XDG_RUNTIME_DIR=/run systemd-analyze verify --user --man=no curfew-agent.service >/box/verify 2>&1 || fail "$(cat /box/verify)"
[ ! -s /box/verify ] || fail "$(cat /box/verify)"

# What desktops do as they begin: they tell the user's service manager of their display, and reach the target.
printf '[Unit]\nBindsTo=graphical-session.target\nBefore=graphical-session.target\n' >/etc/systemd/user/box-session.target
desktop_on ana ana :5 'systemctl --user import-environment DISPLAY XDG_SESSION_TYPE && systemctl --user start box-session.target'
grep -qF -m 1 'at work for session' <(timeout 20 journalctl --no-pager -f -n all _COMM=curfew-agent) || fail "$(journalctl --no-pager -n 20)"
[ "$(pgrep -c -u ana -x curfew-agent)" = 1 ] || fail "$(ps -u ana)"
ana=$(id_of ana)
[[ $(curfew why "$ana") == *'idle for'* ]] || fail "$(curfew why "$ana")"

# It ends with the desktop.
on_desktop ana :5 systemctl --user stop box-session.target graphical-session.target
[ -z "$(pgrep -u ana -x curfew-agent)" ] || fail "$(ps -u ana)"

dpkg_says -P curfew-agent
dpkg_says -P curfew
left=$(find / -xdev \( -path /proc -o -path /sys -o -path /src -o -path /build -o -path /box -o -path /tmp \) -prune -o -name '*curfew*' -print)
[ -z "$left" ] || fail "these are left: $left"
