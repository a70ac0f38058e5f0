# on: trixie-desktop bookworm-desktop
# A film in full screen: no input, and a program that keeps the desktop from going idle, by the desktop's session manager
# (which the agent asks) or by logind. A veto that reads `inhibited` holds then, and where nobody knows, and not else.
cat >/box/film.lua <<'LUA'
sessions.protect({ class = "user" }, function (session)
  if session.inhibited then return "a film is on" end
end)
LUA
cat >/box/curfew.lua <<'LUA'
dry_run  = false
policies = { { "/box/policies/idle.lua", limit = "60s", warnings = { "56s" } }, { "/box/film.lua" } }
limits   = { notice = "3s", share = 1 }
LUA
desktop='/build/tests/false_desktop /box/$0 & until busctl --user status org.gnome.SessionManager >/dev/null 2>&1; do :; done; '
touch /box/ana.film
desktop_on ana ana :5 "${desktop/\$0/ana}/build/curfew-agent"
desktop_on bruno bruno :6 "${desktop/\$0/bruno}/build/curfew-agent"
desktop_on carol carol :7
desktop_on daniel daniel :8 "${desktop/\$0/daniel}systemd-inhibit --what=idle --who=film --why=talk --mode=block /build/curfew-agent"
start_curfew --config /box/curfew.lua

journal '"what":"spared"' '"user":"ana"' 'a film is on'
journal '"what":"spared"' '"user":"daniel"' 'a film is on'
journal '"what":"spared"' '"user":"carol"'
noted bruno 'you will be logged off in'
! grep -q '"user":"carol".*a film' /box/journal || fail "$(grep carol /box/journal)"
for user in ana carol daniel; do
    ! grep -q "\"what\":\"warn\".*\"user\":\"$user\"" /box/journal || fail "$user was warned"
done
stop_curfew
