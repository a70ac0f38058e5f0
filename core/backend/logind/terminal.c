#include "logind/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <uv.h>

enum { WRITE_TIME_MS = 250 }; /* a terminal that takes nothing that long is stopped, or its client hangs */

/* ---- Which it is ---- */

bool cf_terminal_named(const char *name, char ret_path[CF_TERMINAL_PATH])
{
    char path[CF_TERMINAL_PATH];
    int length = snprintf(path, sizeof path, "%s%s", strncmp(name, "/dev/", 5) == 0 ? "" : "/dev/", name);
    if (length <= 0 || (size_t)length >= sizeof path || strstr(path, "/."))
        return false;
    memcpy(ret_path, path, sizeof path);
    return true;
}

/* What udev would call it, for consoles of other kinds: "DEVNAME=hvc0". */
static bool name_from_sysfs(unsigned device, char ret_path[CF_TERMINAL_PATH])
{
    char path[64], line[128], name[CF_TERMINAL_PATH];
    bool found = false;
    (void)snprintf(path, sizeof path, "/sys/dev/char/%u:%u/uevent", major(device), minor(device));
    FILE *file = fopen(path, "re");
    while (file && !found && fgets(line, sizeof line, file))
        found = sscanf(line, "DEVNAME=%31s", name) == 1;
    if (file)
        (void)fclose(file);
    return found && cf_terminal_named(name, ret_path);
}

/* Majors from the kernel's Documentation/admin-guide/devices.txt. */
bool cf_terminal_numbered(unsigned device, char ret_path[CF_TERMINAL_PATH])
{
    unsigned class = major(device), number = minor(device);
    if (class >= 136 && class <= 143)
        (void)snprintf(ret_path, CF_TERMINAL_PATH, "/dev/pts/%u", (class - 136) * 256 + number);
    else if (class == 4 && number > 0)
        (void)snprintf(ret_path, CF_TERMINAL_PATH, number < 64 ? "/dev/tty%u" : "/dev/ttyS%u",
                       number < 64 ? number : number - 64);
    else
        return name_from_sysfs(device, ret_path);
    return true;
}

/* ---- Its times ---- */

struct cf_instant cf_terminal_latest(int64_t noted_second)
{
    return (struct cf_instant){((noted_second | 7) + 1) * INT64_C(1000000) - 1};
}

/* Anybody may set any second there is; those of other centuries come to the nearest of these. */
static int64_t second_of(const struct timespec *time)
{
    const int64_t most = INT64_C(9000000000); /* in the year 2255 */
    return time->tv_sec < 0 ? 0 : time->tv_sec > most ? most : time->tv_sec;
}

static int64_t nanoseconds(const struct timespec *time)
{
    return second_of(time) * CF_NANOSECONDS + time->tv_nsec;
}

static bool take_times(const struct stat *st, struct cf_terminal_times *ret_times)
{
    if (!S_ISCHR(st->st_mode))
        return false;
    *ret_times = (struct cf_terminal_times){.input = second_of(&st->st_atim),
                                            .output = second_of(&st->st_mtim),
                                            .uid = st->st_uid,
                                            .input_ns = nanoseconds(&st->st_atim),
                                            .changed_ns = nanoseconds(&st->st_ctim)};
    return true;
}

bool cf_terminal_times(const char *path, struct cf_terminal_times *ret_times)
{
    struct stat st;
    return stat(path, &st) == 0 && take_times(&st, ret_times);
}

/* ---- Writing ---- */

static bool write_all(int fd, const char *text, size_t length, int *patience_ms, bool *ret_blocked)
{
    *ret_blocked = false;
    while (length > 0) {
        ssize_t done = write(fd, text, length);
        if (done > 0) {
            text += done;
            length -= (size_t)done;
            continue;
        }
        if (errno != EAGAIN && errno != EINTR)
            return false; /* hung up, of which poll says that it can be written */
        struct pollfd writable = {.fd = fd, .events = POLLOUT};
        uint64_t began_ns = uv_hrtime();
        int wait_ms = *patience_ms < WRITE_TIME_MS ? *patience_ms : WRITE_TIME_MS;
        int ready = poll(&writable, 1, wait_ms);
        *patience_ms -= (int)((uv_hrtime() - began_ns) / 1000000);
        *patience_ms = *patience_ms < 0 ? 0 : *patience_ms;
        *ret_blocked = ready == 0;
        if (ready != 1 || !(writable.revents & POLLOUT))
            return false;
    }
    return true;
}

bool cf_terminal_write(const char *path, int64_t uid, const char *text, size_t length, int *patience_ms,
                       struct cf_terminal_times *ret_before, struct cf_terminal_times *ret_after,
                       int *ret_blocked)
{
    struct stat st;
    bool blocked = false;
    int fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    *ret_blocked = -1;
    if (fd < 0)
        return false;
    bool done = isatty(fd) && fstat(fd, &st) == 0 && take_times(&st, ret_before) && ret_before->uid == uid;
    if (done) {
        done = write_all(fd, text, length, patience_ms, &blocked);
        *ret_after = *ret_before;
        if (fstat(fd, &st) == 0)
            (void)take_times(&st, ret_after);
    }
    if (blocked)
        *ret_blocked = fd;
    else
        (void)close(fd);
    return done;
}
