# on: bookworm trixie
# What an administrator can get wrong around the service is told in a sentence that says what to do.
service_installed
cat >/etc/curfew/curfew.lua <<'LUA'
dry_run  = false
policies = { { "/etc/curfew/policies/idle.lua", limit = "30m", warnings = { "6s", "4s" } } }
limits   = { notice = "3s", share = 1 }
LUA
log_on ana ana
ana=$(session_at ana)
sessions_aged 7200
terminals_aged ana

# There is no polkitd, which would let it end sessions; then there is one, which may not start; then one without our rule.
mask() { systemctl mask --now polkit 2>/dev/null; }
bus=/usr/share/dbus-1/system-services/org.freedesktop.PolicyKit1.service rule=/usr/share/polkit-1/rules.d/50-curfew.rules
for lack in "mv $bus /box/" mask "mv $rule /box/"; do
    systemctl stop polkit
    $lack
    systemctl reload dbus
    service_started
    grep -qF -m 1 'whoever is not root needs polkitd at work, and curfew' <(timeout 40 journalctl --no-pager -f -n 0 -u curfew) ||
        fail "$lack: $(curfew journal)"
    entry '"what":"failed"' "\"session\":\"$ana\"" 'systemd-logind refuses it'
    is_there "$ana" || fail "ana is gone"
    systemctl stop curfew
    systemctl unmask polkit 2>/dev/null
    [ -e $bus ] || mv /box/${bus##*/} $bus
    systemctl reload dbus
done
mv /box/${rule##*/} $rule
systemctl restart polkit

# It was run as root, whose files it cannot write.
for file in journal.db store.json journal.lock; do
    [ -e /var/lib/curfew/$file ] || runuser -u curfew -- sh -c "echo '{\"version\": 1, \"policies\": {}}' >/var/lib/curfew/$file"
    chown root:root /var/lib/curfew/$file
    chmod 600 /var/lib/curfew/$file
    systemctl start curfew 2>/dev/null || true
    logged "/var/lib/curfew/$file belongs to another user and cannot be written"
    until [ "$(systemctl is-active curfew)" = failed ]; do :; done
    command=$(journalctl --no-pager -u curfew -o cat | grep -oE "chown --reference=[^ ]* /var/lib/curfew/$file" | tail -n 1)
    $command || fail "what it says to do does not work: $command"
    systemctl reset-failed curfew
done
service_started
entry '"what":"ended"' "\"session\":\"$ana\"" # and now it does
