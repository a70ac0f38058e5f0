#include "logind/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum {
    DEPTH = 2,          /* leader, its children, and theirs: sshd's own process, the user's sshd, the shell */
    PROCESSES = 64,     /* looked at for one session */
    WRITE_TIME_MS = 250 /* a terminal that takes nothing that long is stopped, or its client hangs */
};

/* ---- Where they are ---- */

static bool owned_terminal(const struct stat *st, int64_t uid)
{
    return S_ISCHR(st->st_mode) && (int64_t)st->st_uid == uid;
}

static void add(struct cf_terminals *terminals, const char *path, int64_t uid)
{
    struct stat st;
    if (terminals->count == CF_TERMINALS || stat(path, &st) != 0 || !owned_terminal(&st, uid))
        return;
    for (size_t i = 0; i < terminals->count; i++)
        if (strcmp(terminals->paths[i], path) == 0)
            return;
    (void)snprintf(terminals->paths[terminals->count++], CF_TERMINAL_PATH, "%s", path);
}

/* PAM modules are told the name by the program that logs on, so it may be anything. */
static void add_named(struct cf_terminals *terminals, const char *name, int64_t uid)
{
    char path[CF_TERMINAL_PATH];
    int length = snprintf(path, sizeof path, "%s%s", strncmp(name, "/dev/", 5) == 0 ? "" : "/dev/", name);
    if (length > 0 && (size_t)length < sizeof path && !strstr(path, "/."))
        add(terminals, path, uid);
}

/* By device number; majors from the kernel's Documentation/admin-guide/devices.txt. */
static void add_numbered(struct cf_terminals *terminals, unsigned device, int64_t uid)
{
    char path[CF_TERMINAL_PATH];
    unsigned class = major(device), number = minor(device);
    if (class >= 136 && class <= 143)
        (void)snprintf(path, sizeof path, "/dev/pts/%u", (class - 136) * 256 + number);
    else if (class == 4 && number > 0)
        (void)snprintf(path, sizeof path, number < 64 ? "/dev/tty%u" : "/dev/ttyS%u",
                       number < 64 ? number : number - 64);
    else
        return;
    add(terminals, path, uid);
}

static size_t read_file(const char *path, char *out, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? 0 : read(fd, out, size - 1);
    if (fd >= 0)
        (void)close(fd);
    out[length > 0 ? length : 0] = '\0';
    return length > 0 ? (size_t)length : 0;
}

/* Field 7 of /proc/PID/stat, proc(5); 0: none. The name in field 2 may hold anything, so count from its end.
 */
static unsigned controlling_terminal(int64_t pid)
{
    char path[64], text[512];
    (void)snprintf(path, sizeof path, "/proc/%lld/stat", (long long)pid);
    (void)read_file(path, text, sizeof text);
    const char *after = strrchr(text, ')');
    int device = 0;
    if (!after || sscanf(after + 1, " %*c %*d %*d %*d %d", &device) != 1)
        return 0;
    return (unsigned)device;
}

/* The children of its first thread, which is the one that forks in the programs that lead sessions. */
static size_t children(int64_t pid, int64_t *out, size_t room)
{
    char path[96], text[1024];
    (void)snprintf(path, sizeof path, "/proc/%lld/task/%lld/children", (long long)pid, (long long)pid);
    (void)read_file(path, text, sizeof text);
    size_t count = 0;
    long long child;
    int step;
    for (const char *at = text; count < room && sscanf(at, "%lld %n", &child, &step) == 1; at += step)
        out[count++] = child;
    return count;
}

void cf_terminals_find(struct cf_terminals *terminals, const char *name, int64_t leader, int64_t uid)
{
    terminals->count = 0;
    if (name)
        add_named(terminals, name, uid);
    int64_t pids[PROCESSES] = {leader};
    size_t count = leader > 0, level_ends = count, depth = 0;
    for (size_t i = 0; i < count; i++) {
        if (i == level_ends) {
            level_ends = count;
            depth++;
        }
        unsigned device = controlling_terminal(pids[i]);
        if (device)
            add_numbered(terminals, device, uid);
        if (depth < DEPTH)
            count += children(pids[i], pids + count, PROCESSES - count);
    }
}

/* ---- Input ---- */

struct cf_instant cf_terminals_input(const struct cf_terminals *terminals, int64_t uid)
{
    struct cf_instant latest = {CF_UNKNOWN_US};
    for (size_t i = 0; i < terminals->count; i++) {
        struct stat st;
        if (stat(terminals->paths[i], &st) != 0 || !owned_terminal(&st, uid))
            return (struct cf_instant){CF_UNKNOWN_US};
        int64_t until_us = ((st.st_atim.tv_sec | 7) + 1) * INT64_C(1000000) - 1;
        if (until_us > latest.us)
            latest.us = until_us;
    }
    return latest;
}

/* ---- Output ---- */

static bool write_all(int fd, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t done = write(fd, text, length);
        if (done > 0) {
            text += done;
            length -= (size_t)done;
            continue;
        }
        struct pollfd writable = {.fd = fd, .events = POLLOUT};
        if (poll(&writable, 1, WRITE_TIME_MS) != 1 || !(writable.revents & POLLOUT))
            return false;
    }
    return true;
}

static bool write_one(const char *path, int64_t uid, const char *text, size_t length)
{
    int fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return false;
    struct stat st;
    bool done = isatty(fd) && fstat(fd, &st) == 0 && owned_terminal(&st, uid) && write_all(fd, text, length);
    (void)close(fd);
    return done;
}

bool cf_terminals_write(const struct cf_terminals *terminals, int64_t uid, const char *text, size_t length)
{
    bool any = false;
    for (size_t i = 0; i < terminals->count; i++)
        any = write_one(terminals->paths[i], uid, text, length) || any;
    return any;
}
