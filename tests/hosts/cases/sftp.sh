# on: bookworm trixie
# File transfers over ssh, of which no terminal tells: who copies is spared by the processor time that it takes, little as
# that is; who has only left a client open is warned by a command, as nobody is at a terminal, and ended by the session's age.
sed -i 's/5 \* minute/1 * second/' $policies/spare-running-jobs.lua
sed -i 's/least = [0-9]* [*] [a-z]*/least = 1 * second/' $policies/session-limit.lua
install -m 755 /dev/stdin /box/mail <<'SH'
#!/bin/sh
echo "$CURFEW_USER" >>/box/mailed
SH
cat >/box/curfew.lua <<'LUA'
dry_run      = false
policies     = {
  { "/box/policies/session-limit.lua", limit = "6s", warnings = { "3s" } },
  { "/box/policies/spare-running-jobs.lua", cpu = 0.005 },
}
limits       = { notice = "2s", share = 1 }
warn_command = { "/box/mail" }
LUA
truncate -s 20G /home/ana/big
mkfifo /box/nothing # is what bruno types
sftp -q -l 160000 ana@127.0.0.1:big /dev/null >/dev/null 2>&1 & # 20 MB a second, for 16 minutes
sftp -q bruno@127.0.0.1 <>/box/nothing >/dev/null 2>&1 &
for user in ana bruno; do until pgrep -u $user -x sftp-server >/dev/null; do :; done; done
ana=$(id_of ana) bruno=$(id_of bruno)
begun=0
has_copied() { # 60 MB since
    local now
    now=$(awk '/^rchar/ { print $2 }' "/proc/$(pgrep -u ana -x sftp-server)/io")
    [ "$begun" -gt 0 ] || begun=$now
    [ "$now" -gt $((begun + 60000000)) ]
}
start_curfew --config /box/curfew.lua
in_time has_copied || fail 'it does not copy'
kill -HUP "$curfew_pid" # who came too late for it to be known how busy they are, is asked again, not in a minute only
journal '"what":"spared"' "\"session\":\"$ana\"" 'a job is using the processor'
journal '"what":"sent"' "\"session\":\"$bruno\"" 'delivered by warn_command'
journal '"what":"ended"' "\"session\":\"$bruno\""
[ "$(processes_of bruno)" = 0 ] || fail "left of bruno: $(ps -u bruno)"
[ "$(sort -u /box/mailed)" = bruno ] || fail "warned: $(cat /box/mailed)"
is_there "$ana" && pgrep -u ana -x sftp-server >/dev/null || fail "ana's copy is ended: $(cat /box/journal)"
stop_curfew
