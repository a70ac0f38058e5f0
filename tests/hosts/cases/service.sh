# on: bookworm trixie
# The shipped service: a user of its own, in its sandbox, does all that curfew is for. Without its two capabilities it knows
# neither idle times nor programs of others, and ends nobody by them; nothing else is missing.
service_installed
[ "$(id -u curfew)" -lt 1000 ] && [ "$(id -u curfew)" != 0 ] || fail "$(id curfew)"
systemd-analyze security --no-pager --threshold=20 curfew.service >/box/security || fail "$(tail -n 1 /box/security)"

says() { # TEXT COMMAND…
    local output
    output=$("${@:2}" 2>&1) || true
    [[ $output == *"$1"* ]] || fail "${*:2} says: $output $(journalctl --no-pager -n 20 -u curfew)"
}

# A broken configuration, or one that others could write, is not tried again.
refused() { # WHY
    systemctl start curfew 2>/dev/null || true
    grep -qF -m 1 "$1" <(timeout 20 journalctl --no-pager -f -n 50 -u curfew) || fail "$(journalctl --no-pager -u curfew)"
    until [ "$(systemctl is-active curfew)" = failed ]; do [ "$(systemctl show -P NRestarts curfew)" = 0 ] || fail "it is started again"; done
    [ "$(systemctl show -P NRestarts curfew)" = 0 ] || fail "it is started again"
    systemctl reset-failed curfew
}
echo 'policies = { { "/etc/curfew/policies/idle.lua", limt = "1h" } }' >/etc/curfew/curfew.lua
refused limt
cat >/etc/curfew/policies/hold.lua <<'LUA'
sessions.protect({ user = "bruno" }, function () return "bruno is in a meeting" end)
LUA
cat >/etc/curfew/curfew.lua <<'LUA'
dry_run  = false
policies = {
  { "/etc/curfew/policies/idle.lua", limit = "30m", warnings = { "12s", "8s" } },
  { "/etc/curfew/policies/hold.lua" },
}
limits = { notice = "3s", share = 1 }
LUA
chown ana /etc/curfew/policies/hold.lua
refused 'hold.lua belongs to uid'
chown root /etc/curfew/policies/hold.lua

# Idle people are warned and logged off; who says `stay` stays, and so does who is held.
for user in ana bruno carol daniel; do log_on $user $user; done
type_in carol 'chmod 600 $(tty); echo closed-$((1 + 1))' # as mesg n does; root could write there all the same
shows carol closed-2
carol=$(session_at carol)
ana=$(session_at ana) bruno=$(session_at bruno) daniel=$(session_at daniel)
sessions_aged 7200
for user in ana bruno carol daniel; do terminals_aged $user; done
service_started
shows daniel 'No activity: you will be logged off in 12 seconds.'
runuser -u daniel -- curfew stay --session "$daniel" >/box/said 2>&1 || fail "$(cat /box/said)"
shows daniel 'You stay logged on.'
shows ana 'No activity: you will be logged off in 8 seconds.'
entry '"what":"ended"' "\"session\":\"$ana\""
! is_there "$ana" || fail "ana is still there"
entry '"what":"spared"' "\"session\":\"$bruno\"" 'bruno is in a meeting'
is_there "$bruno" && is_there "$daniel" || fail "$(loginctl)"
shows_not bruno 'No activity'
entry '"what":"refused"' "\"session\":\"$carol\"" 'a warning reached nobody'
is_there "$carol" || fail "carol is ended unwarned"

# What it is.
pid=$(systemctl show -P MainPID curfew)
status=$(grep -E '^(Uid|CapEff|CapAmb|NoNewPrivs|Seccomp):' "/proc/$pid/status" | tr -s '\t' ' ')
own=$(id -u curfew)
for line in "Uid: $own $own $own $own" 'CapEff: 0000000000080004' 'NoNewPrivs: 1' 'Seccomp: 2'; do
    [[ $status == *"$line"* ]] || fail "no $line: $status"
done
[ -z "$(find /var/lib/curfew /run/curfew ! -user curfew)" ] || fail "$(find /var/lib/curfew /run/curfew -ls)"
[ "$(stat -c %a /var/lib/curfew)" = 700 ] || fail "$(stat /var/lib/curfew)"

# Who may what: the administrator, a user, and the service's own user.
curfew status >/dev/null || fail "root gets no status"
says "Session $bruno" runuser -u bruno -- curfew why "$bruno"
says 'administrators' runuser -u bruno -- curfew pause
says 'belongs to uid' curfew run --config /etc/curfew/curfew.lua # by root, it would leave root's files there
curfew pause hold --for 1h >/dev/null || fail "root may not pause"
curfew resume hold >/dev/null || fail "root may not resume"
systemctl reload curfew || fail "$(journalctl --no-pager -u curfew)"
echo broken >>/etc/curfew/curfew.lua
! systemctl reload curfew 2>/dev/null || fail "a broken configuration is loaded"
[ "$(systemctl is-active curfew)" = active ] || fail "$(systemctl status curfew)"

# Without capabilities.
mkdir /etc/systemd/system/curfew.service.d
printf '[Service]\nAmbientCapabilities=\nCapabilityBoundingSet=\n' >/etc/systemd/system/curfew.service.d/none.conf
cat >/etc/curfew/policies/jobs.lua <<'LUA'
sessions.protect({ user = "carol" }, function (session)
  if session:runs("matlab") then return "a job is running" end
end)
LUA
cat >/etc/curfew/policies/close.lua <<'LUA'
sessions.watch({ users = { "carol", "daniel" } }, function (session)
  session:warn("We close in {left}.", { left = 4 * second })
  clock.sleep(5 * second)
  session:logoff("closed")
end)
LUA
cat >/etc/curfew/curfew.lua <<'LUA'
dry_run  = false
policies = {
  { "/etc/curfew/policies/idle.lua", limit = "30m", warnings = { "12s", "8s" } },
  { "/etc/curfew/policies/close.lua" },
  { "/etc/curfew/policies/jobs.lua" },
}
limits = { notice = "3s", share = 1 }
LUA
systemctl daemon-reload
systemctl stop curfew
terminals_aged bruno
service_started
shows daniel 'We close in 4 seconds.'
entry '"what":"ended"' "\"session\":\"$daniel\""
entry '"what":"spared"' "\"session\":\"$carol\"" # whether she runs it is not known: a veto holds
is_there "$carol" || fail "carol is ended by a veto that could not look"
is_there "$bruno" || fail "bruno is ended by an idle time that nobody could read"
says 'nobody knows its idle time' curfew why "$bruno"
grep -q '^CapEff:\s*0000000000000000' "/proc/$(systemctl show -P MainPID curfew)/status" || fail "it has capabilities"

# Nothing was missing.
! journalctl --no-pager -u curfew | grep -iE 'permission denied|not permitted|audit|cannot write' || fail "something is missing"
systemctl stop curfew
[ "$(systemctl show -P Result curfew)" = success ] || fail "$(systemctl status curfew)"
