#include "tree.h"

char root[64], manager[64];

void path_of(char out[256], const char *name)
{
    assert_true(snprintf(out, 256, "%s/%s", root, name) < 256);
}

void put_bytes(const char *name, const char *mode, const char *bytes, size_t length)
{
    char path[256];
    path_of(path, name);
    for (char *at = path + strlen(root) + 1; (at = strchr(at, '/')); *at++ = '/') {
        *at = '\0';
        (void)mkdir(path, 0755);
    }
    FILE *file = fopen(path, mode);
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

void put(const char *name, const char *text)
{
    put_bytes(name, "we", text, strlen(text));
}

void tell(int pid, const char *file, const char *bytes, size_t length)
{
    char name[256];
    assert_true(snprintf(name, sizeof name, "proc/%d/%s", pid, file) < 256);
    put_bytes(name, "we", bytes, length);
}

void move(int pid, const char *cgroup)
{
    char text[256];
    int length = snprintf(text, sizeof text, "1:name=systemd:/\n0::%s\n", cgroup);
    tell(pid, "cgroup", text, (size_t)length);
}

void list(int pid, const char *cgroup)
{
    char name[256], text[16];
    (void)snprintf(name, sizeof name, "cgroup%s/cgroup.procs", cgroup);
    put_bytes(name, "ae", text, (size_t)snprintf(text, sizeof text, "%d\n", pid));
}

void run(int pid, const char *cgroup, const char *comm, const char *exe)
{
    char text[512], path[256];
    int length = snprintf(text, sizeof text, "%s\n", comm);
    tell(pid, "comm", text, (size_t)length);
    length =
        snprintf(text, sizeof text, "%d (%s) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 %d 9 9", pid, comm, pid);
    tell(pid, "stat", text, (size_t)length);
    move(pid, cgroup);
    list(pid, cgroup);
    (void)snprintf(text, sizeof text, "proc/%d/exe", pid);
    path_of(path, text);
    assert_int_equal(exe ? symlink(exe, path) : 0, 0);
}

int tree_tear_down(void **state)
{
    (void)state;
    folder_drop();
    return 0;
}

int tree_set_up(void **state)
{
    (void)state;
    char mounts[256];
    folder_make();
    (void)strcpy(root, folder_path("."));
    (void)snprintf(mounts, sizeof mounts, "proc /proc proc rw 0 0\nc %s/cgroup cgroup2 rw 0 0\n", root);
    put("proc/self/mounts", mounts);
    (void)snprintf(manager, sizeof manager, SLICE "/user@%u.service", getuid());
    put("cgroup" SCOPE "/cpu.stat", "usage_usec 1500000\nuser_usec 1\n");
    run(LEADER, SCOPE, "sshd", NULL);
    return 0;
}
