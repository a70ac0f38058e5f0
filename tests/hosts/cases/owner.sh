# Files that decide, and that somebody else could write: curfew does not start, and does not take them in place of those in
# force. Words alone, in translations, are left out, and people read what the policy says.
folder=/etc/curfew state=/var/lib/curfew
mkdir -m 755 $folder $folder/policies
mkdir -m 700 $state
cp /box/policies/idle.lua $folder/policies/idle.lua
echo 'require "hours"' >>$folder/policies/idle.lua
echo 'return {}' >$folder/policies/hours.lua
cat >$folder/curfew.lua <<'LUA'
dry_run  = false
policies = { { "idle", limit = "30m", warnings = { "6s", "4s" } } }
limits   = { notice = "3s", share = 1 }
LUA
mkdir -m 755 /home/ana/theirs
ana=$(id -u ana)

at_work() {
    start_curfew "$@"
    grep -qF -m 1 'at work' <(timeout 20 tail -c +1 -f /box/curfew) || fail "$(cat /box/curfew)"
}
refused() { # WHY
    local status=0 output
    output=$(timeout 20 /build/curfew run 2>&1) || status=$?
    [ "$status" = 1 ] || [ "$status" = 3 ] || fail "$file: curfew run ended with $status: $output"
    [[ $output == *"$1"* ]] || fail "$file: curfew run does not say '$1', but: $output"
}

# A first life leaves its files behind.
at_work
kill_curfew
ls $state/journal.db $state/journal.lock $state/journal.running >/dev/null
echo '{"version": 1, "policies": {}}' >$state/store.json

for file in $folder/curfew.lua $folder $folder/policies $folder/policies/idle.lua $folder/policies/hours.lua \
    $state $state/store.json $state/journal.db $state/journal.db-wal $state/journal.db-shm $state/journal.lock \
    $state/journal.running; do
    [ -e "$file" ] || install -m 600 /dev/null "$file" # an orderly end has removed it
    mode=$(stat -c %a "$file")
    chown ana "$file"
    refused "$file belongs to uid $ana"
    chown root "$file"
    for who in g o; do
        chmod $who+w "$file"
        refused "$file can be written by others"
        chmod "$mode" "$file"
    done
    # Somewhere else, where it is theirs.
    mv "$file" /home/ana/theirs/file
    chown -R ana /home/ana/theirs
    ln -s /home/ana/theirs/file "$file"
    case $file in
    */hours.lua) refused 'is a link that leads out of' ;;
    *) refused "/home/ana belongs to uid $ana" ;;
    esac
    chown -R root /home/ana/theirs
    rm "$file"
    mv /home/ana/theirs/file "$file"
    # And neither file nor folder: nothing waits for what never comes.
    [ -f "$file" ] && [[ $file == *.lua || $file == *.json ]] || continue
    mv "$file" /box/kept
    mkfifo -m 644 "$file"
    refused "${file##*/}"
    rm "$file"
    mv /box/kept "$file"
done

# Where it would listen: it does its work all the same, and nobody is answered by another.
for change in 'chown ana' 'chmod g+w' 'chmod o+w'; do
    $change /run/curfew
    at_work
    grep -qF 'cannot listen at /run/curfew/control: somebody else could put another socket there' /box/curfew ||
        fail "$change: $(cat /box/curfew)"
    stop_curfew
    chown root /run/curfew
    chmod 755 /run/curfew
done

# What an engine in force is asked to load instead.
at_work
for file in curfew.lua policies/idle.lua policies/hours.lua; do
    chown ana "$folder/$file"
    ! /build/curfew reload >/box/said 2>&1 || fail "it is loaded all the same"
    grep -qF "$folder/$file belongs to uid" /box/said || fail "curfew reload says: $(cat /box/said)"
    chown root "$folder/$file"
done
/build/curfew reload || fail "a configuration of root's is not loaded"
stop_curfew

# Ana would have others told not to worry.
log_on bruno bruno 'LANG=pt_BR.UTF-8 exec bash -i'
sessions_aged 7200
touch -a -d '1 hour ago' "$(terminal_of bruno)"
mkdir -m 755 $folder/policies/translations
cat >$folder/policies/translations/pt_BR.lua <<'LUA'
return { ["No activity: you will be logged off in {left}."] = "Relax. {left}" }
LUA
chown ana $folder/policies/translations/pt_BR.lua
at_work
grep -qF "this translation is not used, and people read what the policy says: $folder/policies/translations/pt_BR.lua belongs to uid $ana" /box/curfew ||
    fail "$(cat /box/curfew)"
shows bruno 'No activity: you will be logged off in 6 seconds.'
shows_not bruno Relax
stop_curfew

# The file of metrics is for others to read, in a folder that may be theirs: what lies in its way is not followed.
echo sound >/etc/victim
mkdir -m 755 /var/metrics
chown ana /var/metrics
ln -s /etc/victim /var/metrics/curfew.prom.new
at_work
/build/curfew metrics --output /var/metrics/curfew.prom || fail "no metrics"
grep -q curfew /var/metrics/curfew.prom && [ "$(cat /etc/victim)" = sound ] || fail "$(ls -l /var/metrics)"
stop_curfew
