# on: bookworm trixie
# New logons refused by a policy: those who come read why, root comes in, who is logged on stays. Allowed again by the
# policy, at the service's end, and after a kill, until the next start has said its word. Where no rule of PAM would heed it,
# nobody claims that it is done.
service_installed
cat >/etc/curfew/policies/door.lua <<'LUA'
local open = option("open", false, "nobody is refused")
local always = calendar.weekly { "Mon-Sun 00:00-24:00" }
clock.at(always, function ()
  if open then return end
  host.refuse_logons("The office is painted; come back tomorrow.")
  clock.sleep(7 * day)
end)
LUA
configure() { # OPEN
    echo "dry_run = false policies = { { '/etc/curfew/policies/door.lua', open = $1 } }" >/etc/curfew/curfew.lua
}
configure false
try() { # USER: what ssh says, an answer of the shell's included
    timeout 20 ssh -o LogLevel=INFO "$1@127.0.0.1" 'echo come-in' 2>&1 </dev/null || true
}
comes_in() { local said; said=$(try "$1"); [[ $said == *come-in* ]] || fail "$1 does not come in: $said"; }
is_refused() { local said; said=$(try "$1"); [[ $said == *'The office is painted; come back tomorrow.'* && $said != *come-in* ]] || fail "$1 is not refused: $said"; }
until_gone() { # FILE
    in_time test ! -e "$1" || fail "$1 is still there"
}
until_there() { # FILE
    in_time test -e "$1" || fail "$1 is not there: $(journalctl --no-pager -n 20 -u curfew)"
}
file=/run/curfew/nologin

# Nothing reads the file: it is written all the same, and everybody is told that nobody would be refused.
service_started
until_there $file
entry '"what":"failed"' 'no rule of PAM reads /run/curfew/nologin'
curfew status >/box/status
grep -q 'policies.door refuses logons: no rule of PAM reads' <(tr -s ' \n' ' ' </box/status) || fail "$(cat /box/status)"
curfew check --config /etc/curfew/curfew.lua >/box/check || fail "$(cat /box/check)"
grep -q 'warning: policies.door refuses logons: no rule of PAM reads' /box/check || fail "$(cat /box/check)"
comes_in ana
[[ $(curfew change logon /query) == *ENABLED* ]] || fail "$(curfew change logon /query)"

# The rule that Debian's package brings.
install -m 644 /src/service/curfew.pam /usr/share/pam-configs/curfew
DEBIAN_FRONTEND=noninteractive pam-auth-update --package || fail "pam-auth-update"
log_on root root # who is in stays
is_refused ana
comes_in root
curfew check --config /etc/curfew/curfew.lua | grep -q 'refuses logons' && fail "check sees no rule"
[[ $(curfew change logon /query) == *DISABLED*$file* ]] || fail "$(curfew change logon /query)"
runuser -u bruno -- true || fail "runuser is refused"
su bruno -c true || fail "su is refused"
if grep -q bookworm /etc/os-release; then # the login of trixie does not get as far as PAM under script(1)
    script -qec 'login -f bruno' /dev/null </dev/null >/box/login 2>&1 || true
    grep -q 'The office is painted' /box/login || fail "login does not say so: $(cat /box/login)"
fi

# A new configuration allows them; a dry run, and the end of the service, likewise.
configure true
systemctl reload curfew
until_gone $file
comes_in ana
log_on ana ana
configure false
systemctl reload curfew
until_there $file
is_refused bruno
type_in ana 'echo still-$((6 * 7))' # who was logged on stays
shows ana still-42
systemctl stop curfew
[ ! -e $file ] || fail "the file outlives the service"
comes_in bruno

# Killed, systemd takes the file away with the folder, and starts it again.
service_started
until_there $file
mkdir -p /etc/systemd/system/curfew.service.d
printf '[Service]\nRestartSec=20s\n' >/etc/systemd/system/curfew.service.d/slow.conf
systemctl daemon-reload
kill -KILL "$(systemctl show -P MainPID curfew)"
until_gone $file
comes_in bruno
[ "$(systemctl show -P SubState curfew)" = auto-restart ] || fail "$(systemctl status curfew)"
systemctl restart curfew
until_there $file
is_refused bruno
systemctl stop curfew

# By hand, without systemd to take it away: the next one does.
mkdir -p /run/curfew /box/state
chmod 700 /box/state
start_curfew --no-dry-run --state /box/state /etc/curfew/policies/door.lua
until_there $file
kill_curfew
[ -e $file ] || fail "it is gone by itself"
start_curfew --no-dry-run --state /box/state --set door.open=true /etc/curfew/policies/door.lua
until_gone $file
stop_curfew

# And its own end does.
start_curfew --no-dry-run --state /box/state /etc/curfew/policies/door.lua
until_there $file
stop_curfew
[ ! -e $file ] || fail "the file outlives curfew"
