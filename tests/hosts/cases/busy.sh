# What a session is busy with: its programs, its processor time, its language; and who works is spared until the job ends.
printf '#!/bin/sh\necho at work\nread _ </box/end\n' >/box/rsync
printf '#!/bin/sh\necho at work\nwhile :; do :; done\n' >/box/grind
chmod 755 /box/rsync /box/grind
mkfifo /box/end
log_on ana ana
log_on bruno bruno 'LANG=pt_BR.UTF-8 exec bash -i'
log_on carol carol
log_on daniel daniel
type_in ana /box/rsync
shows ana 'at work'
type_in bruno /box/grind
shows bruno 'at work'
type_in daniel 'systemd-run --user --quiet --property=Type=exec sleep 1000 && echo managed-$((1 + 1))'
shows daniel managed-2
ana=$(id_of ana) bruno=$(id_of bruno) carol=$(id_of carol) daniel=$(id_of daniel)

probe
say refresh "$ana" programs language
expect 'done done *'
programs=,$(field programs),
for program in sshd bash rsync; do
    [[ $programs == *,$program,* ]] || fail "no $program: $got"
done
[[ $programs != *,grind,* ]] || fail "bruno's is ana's: $got"
say refresh "$carol" programs
expect 'done done *'
[[ ,$(field programs), != *,rsync,* ]] || fail "ana's is carol's: $got"
say refresh "$daniel" programs # as desktops start them
expect 'done done *'
[[ ,$(field programs), == *,sleep,* ]] || fail "what the service manager runs is missing: $got"

# Processor time grows while there is work.
say refresh "$bruno" cpu language
expect 'done done * language=pt_BR cpu=*'
begun=$(field cpu)
[ "$begun" -gt 0 ] || fail "logging on took no time: $got"
for ((cpu = begun; cpu < begun + 50000; )); do
    say refresh "$bruno" cpu
    expect 'done done *'
    [ "$(field cpu)" -ge "$cpu" ] || fail "less than $cpu: $got"
    cpu=$(field cpu)
done
quit_probe
/build/curfew sessions --json | grep '"user":"bruno"' | grep '"language":"pt_BR"' | grep -q '"grind"' ||
    fail "not in the listing: $(/build/curfew sessions --json)"

# The shipped veto, but that it looks back over a second instead of five minutes; and time that passes, as lines.
sed 's/5 \* minute/1 * second/' /src/policies/spare-running-jobs.lua >/box/spare.lua
cat >/box/pace.lua <<'LUA'
sessions.watch({ class = "user" }, function (session)
  clock.sleep(2 * second)
  session:tell("Two seconds have passed.")
  clock.sleep(1 * hour)
end)
LUA
cat >/box/curfew.lua <<'LUA'
dry_run  = false
policies = {
  { "/box/policies/idle.lua", limit = "30m", warnings = { "3s" }, except = { users = { "daniel" } } },
  { "/box/spare.lua", name = "spare", cpu = 0.05 },
  { "/box/pace.lua", only = { users = { "daniel" } }, over = { "spare" } },
}
limits = { notice = "2s" }
LUA
asked_again() { # else a minute would pass before that
    : >/box/daniel.out
    kill -HUP "$curfew_pid"
    shows daniel 'Two seconds have passed.'
}
sessions_aged 7200
for label in ana bruno carol; do touch -a -d '1 hour ago' "$(terminal_of $label)"; done
start_curfew --config /box/curfew.lua
journal "\"session\":\"$ana\"" 'rsync is running'
journal "\"session\":\"$carol\"" 'nobody knows yet how busy it is'
shows daniel 'Two seconds have passed.'
asked_again
journal "\"session\":\"$bruno\"" 'a job is using the processor'
journal '"what":"ended"' "\"session\":\"$carol\""

# Ana's job ends. How busy she is was not asked while it ran.
: >/box/end
asked_again
journal "\"session\":\"$ana\"" 'nobody knows yet how busy it is'
shows_not ana 'No activity'
asked_again
journal '"what":"ended"' "\"session\":\"$ana\""
[ "$(grep -c '"what":"ended"' /box/journal)" = 2 ] || fail "somebody else's session has ended, too"
shows_not bruno 'No activity'
stop_curfew
