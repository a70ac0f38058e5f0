# Boxes: small machines with a systemd, D-Bus, logind, PAM and sshd of their own, in namespaces of this one.
# To be sourced. A box lives on a tmpfs over the shared tree, and nothing of it is left when it ends.

# Says why boxes cannot be made here; says nothing where they can.
box_missing() {
    [ "$(uname -s)" = Linux ] || { echo "this is not Linux"; return; }
    [ "$(id -u)" = 0 ] || { echo "only root can make them"; return; }
    local tool
    for tool in unshare nsenter mmdebstrap ssh-keygen flock pivot_root; do
        command -v $tool >/dev/null || { echo "$tool is not installed"; return; }
    done
    local cgroups
    cgroups=$(box_cgroups)
    [ -n "$cgroups" ] || { echo "no cgroup v2 hierarchy is mounted"; return; }
    mkdir "$cgroups/curfew-try-$$" 2>/dev/null || { echo "no cgroup can be made in $cgroups"; return; }
    rmdir "$cgroups/curfew-try-$$"
    unshare -m -p -u -i -n -C -T --fork --kill-child mount -t tmpfs none /mnt 2>/dev/null ||
        echo "the kernel makes no namespaces for us"
}

# Where cgroup v2 is: alone, or beside version 1.
box_cgroups() {
    awk '$3 == "cgroup2" { print $2; exit }' /proc/self/mounts
}

# box_boot TREE SOURCE BUILD FOLDER: starts a box and waits until it can be used. FOLDER becomes its /box, for files
# that go in and out. Its clocks say that it has been up for two days, so that sessions may be old. Sets box_init (its init's process id here) and box_cgroup. 1 where it does not come up.
box_boot() {
    local tree=$1 source=$2 build=$3 folder=$4
    box_cgroup=$(mktemp -d "$(box_cgroups)/curfew-box-XXXXXXXX") || return 1
    chmod 755 "$box_cgroup" # users' managers are in it
    mkdir "$folder/root"
    mkfifo "$folder/ready"
    (
        echo $BASHPID >"$box_cgroup/cgroup.procs"
        exec unshare -m -p -u -i -n -C -T --monotonic 200000 --boottime 200000 --fork --kill-child \
            bash "$source/tests/hosts/init" "$tree" "$source" "$build" "$folder"
    ) >"$folder/console" 2>&1 </dev/null &
    box_outer=$!
    read -r -t 30 _ <>"$folder/ready" || { echo "the box does not come up:"; cat "$folder/console"; return 1; } >&2
    box_init=$(cat "/proc/$box_outer/task/$box_outer/children")
    box_init=${box_init%% *}
}

# box_run COMMAND…: runs it inside, as root.
box_run() {
    nsenter -t "$box_init" -m -p -u -i -n -C -T env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "$@"
}

# Ends the box, whatever state it is in.
box_end() {
    [ -n "${box_cgroup:-}" ] || return 0
    echo 1 >"$box_cgroup/cgroup.kill"
    [ -z "${box_outer:-}" ] || wait "$box_outer" 2>/dev/null
    local try # a killed process leaves its cgroup a moment later
    for ((try = 0; try < 200; try++)); do
        find "$box_cgroup" -depth -type d -exec rmdir {} + 2>/dev/null && break
        sleep 0.01
    done
    box_cgroup=
}

# box_join_others: the box sees each of others ("NAME INIT OUTER CGROUP") by its name, over a line of their own.
box_join_others() {
    local name init rest number=1
    while read -r name init rest; do
        number=$((number + 1))
        ip link add "$name" netns "$box_init" type veth peer name line netns "$init" || return 1
        nsenter -t "$init" -n sh -c "ip address add 10.0.$number.2/24 dev line && ip link set line up" || return 1
        box_run sh -c "ip address add 10.0.$number.1/24 dev $name && ip link set $name up &&
            echo 10.0.$number.2 $name >>/etc/hosts" || return 1
    done < <([ ${#others[@]} = 0 ] || printf '%s\n' "${others[@]}")
}

box_end_others() {
    local name init
    for box in "${others[@]}"; do
        read -r name init box_outer box_cgroup <<<"$box"
        box_end
    done
}
