# A configuration, a policy, or a folder of theirs, that somebody else could write: curfew does not start, and does not
# take it in place of the one in force.
mkdir -m 755 /etc/curfew /etc/curfew/policies
cp /src/policies/idle.lua /etc/curfew/policies/idle.lua
echo 'policies = { { "idle" } }' >/etc/curfew/curfew.lua

refused() { # FILE WHY
    local status=0 output
    output=$(timeout 20 /build/curfew run 2>&1) || status=$?
    [ "$status" = 1 ] || fail "curfew run ended with $status: $output"
    [[ $output == *"$1 $2"* ]] || fail "curfew run says: $output"
}

for file in curfew.lua policies policies/idle.lua .; do
    path=/etc/curfew/$file
    path=${path%/.}
    chown ana "$path"
    refused "$path" 'belongs to uid'
    chown root "$path"
    chmod o+w "$path"
    refused "$path" 'can be written by others'
    chmod o-w "$path"
done

# A file that a policy requires, and its own.
echo 'require "hours"' >>/etc/curfew/policies/idle.lua
echo 'return {}' >/etc/curfew/policies/hours.lua
chown ana /etc/curfew/policies/hours.lua
status=0
output=$(timeout 20 /build/curfew run 2>&1) || status=$?
[ "$status" = 3 ] && [[ $output == *"require: /etc/curfew/policies/hours.lua belongs to uid"* ]] ||
    fail "curfew run ended with $status: $output"
chown root /etc/curfew/policies/hours.lua

start_curfew
grep -qF -m 1 'at work' <(timeout 20 tail -c +1 -f /box/curfew)
for file in curfew.lua policies/idle.lua; do
    chown ana "/etc/curfew/$file"
    ! /build/curfew reload >/box/said 2>&1 || fail "it is loaded all the same"
    grep -qF "/etc/curfew/$file belongs to uid" /box/said || fail "curfew reload says: $(cat /box/said)"
    chown root "/etc/curfew/$file"
done
/build/curfew reload || fail "a configuration of root's is not loaded"
stop_curfew
