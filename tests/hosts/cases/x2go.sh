# on: trixie-remote
# A real x2go session, whose client is its own proxy over ssh: its desktop is part of the ssh session that began it, and outlives
# it when it is suspended, as a session that is closing. Nobody knows its idle time, suspended or not, and nobody ends it.
sed -i 's/least = [0-9]* [*] [a-z]*/least = 1 * second/' $policies/disconnected.lua
service_installed # in its sandbox, it sees what it needs for that
cat >/etc/curfew/curfew.lua <<'LUA'
dry_run  = false
policies = { { "/etc/curfew/policies/disconnected.lua", limit = "1s" }, { "/etc/curfew/policies/idle.lua", limit = "3s", warnings = { "1s" } } }
limits   = { notice = "1s", share = 1 }
LUA
printf '127.0.0.1 localhost\n127.0.0.1 box.local box\n' >>/etc/hosts # names, which its start wants
chmod 1777 /box
Xvfb :50 -nolisten tcp -noreset -screen 0 1280x1024x24 >/dev/null 2>&1 &
until DISPLAY=:50 xdpyinfo >/dev/null 2>&1; do :; done

over() { # COMMAND: over the one line by which all goes
    ssh -S /box/line ana@127.0.0.1 "$1"
}
service_started
ssh -fN -M -S /box/line ana@127.0.0.1
read -r -d '' number cookie agent session port _ < <(over 'x2gostartagent 640x400 lan 16m-jpeg-9 unix-kde-depth_24 us pc105/us 1 R xterm') || true
[ -n "$port" ] || fail "no x2go session: $(ls -R /home/ana/.x2go)"
ssh -S /box/line -O forward -L "41000:127.0.0.1:$port" ana@127.0.0.1
mkdir /box/nx
echo "nx/nx,retry=5,composite=1,connect=127.0.0.1,port=41000,cookie=$cookie,root=/box/nx,errors=/box/nx.err:50" >/box/nx.options
DISPLAY=:50 nxproxy -S nx/nx,options=/box/nx.options:50 >/box/proxy 2>&1 &
proxy=$!
grep -qF -m 1 'Established X server connection' <(timeout 20 tail -c +1 -F /box/proxy 2>/dev/null) || fail "$(cat /box/proxy)"
id=$(id_of ana)
over "setsid x2goruncommand 50 $agent $session $port xterm nosnd R >/dev/null 2>&1 &"
over "DISPLAY=:$number setsid /build/curfew-agent >/box/agent 2>&1 &"
grep -qF -m 1 "at work for session $id" <(timeout 20 tail -c +1 -F /box/agent 2>/dev/null) || fail "$(cat /box/agent)"
comes_to_say 'nobody knows its idle time' curfew why "$id"
comes_to_say "no idle policy ends these sessions $id" curfew status

# Suspended, as when the client's machine is taken away.
kill $proxy
ssh -S /box/line -O exit ana@127.0.0.1
comes_to_say '|S|' x2golistsessions_root
comes_to_say 'No policy ends it: the session is already closing' curfew why "$id"
comes_to_say '1 session of these cannot be touched: the session is already closing' curfew status
comes_to_say '"disconnected":null,"closing":true' curfew sessions --json
kill -0 "$agent" && is_there "$id" || fail "the desktop is gone: $(ps -u ana)"
[[ $(curfew journal --json) != *'"what":"'[wl]* ]] || fail "$(curfew journal)"
