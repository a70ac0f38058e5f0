#include "logind/scope.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* A user may have put a pipe or a link where a file is looked for: neither is waited for, or followed. */
static size_t read_file(int folder, const char *name, char *out, size_t size, bool once)
{
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK);
    size_t length = 0;
    ssize_t step = fd < 0 ? -1 : 1;
    while (step > 0 && (step = read(fd, out + length, size - 1 - length)) > 0) {
        length += (size_t)step;
        if (once)
            break;
    }
    int error = step < 0 ? errno : 0;
    if (fd >= 0)
        (void)close(fd);
    out[length] = '\0';
    errno = error;
    return length;
}

size_t cf_scope_read_file(int folder, const char *name, char *out, size_t size)
{
    return read_file(folder, name, out, size, false);
}

size_t cf_scope_read_record(int folder, const char *name, char *out, size_t size)
{
    return read_file(folder, name, out, size, true);
}

bool cf_scope_each_number(int folder, const char *name, bool (*take)(void *data, int64_t number), void *data)
{
    enum { NONE = -1 };
    char text[1024];
    int64_t number = NONE; /* goes on in what is read next */
    bool goes_on = true;
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
    ssize_t step = -1;
    while (fd >= 0 && goes_on && (step = read(fd, text, sizeof text)) > 0)
        for (ssize_t i = 0; i < step && goes_on; i++) {
            if (text[i] >= '0' && text[i] <= '9' && number < INT64_MAX / 10) {
                number = (number == NONE ? 0 : number * 10) + (text[i] - '0');
            } else if (!strchr(" \n", text[i])) {
                errno = EBADMSG;
                goes_on = false;
                step = -1;
            } else if (number != NONE) {
                goes_on = take(data, number);
                number = NONE;
            }
        }
    int error = step < 0 ? errno : 0;
    if (fd >= 0)
        (void)close(fd);
    if (!error && goes_on && number != NONE)
        (void)take(data, number);
    errno = error;
    return !error;
}

bool cf_scope_has_ended(void)
{
    return errno == ENOENT || errno == ESRCH;
}

bool cf_scope_is_missed(int process)
{
    struct stat st;
    if (cf_scope_has_ended())
        return false;
    return errno != EACCES || fstatat(process, "environ", &st, 0) != 0 || st.st_uid != 0;
}

bool cf_scope_too_many(struct cf_scope *scope)
{
    bool many = ++scope->looked_at > CF_SCOPE_PROCESSES;
    scope->incomplete |= many;
    return many;
}

/* ---- Cgroups ---- */

/* Whether version 2 is alone, and where it usually is, which is seen without going through all mounts. */
static bool is_usual(struct cf_scope *scope)
{
    static const char usual[] = "/sys/fs/cgroup";
    struct statfs st;
    scope->unified =
        strcmp(scope->proc, "/proc") == 0 && statfs(usual, &st) == 0 && st.f_type == CGROUP2_SUPER_MAGIC;
    if (scope->unified)
        memcpy(scope->root, usual, sizeof usual);
    return scope->unified;
}

/* Version 2 comes first; on a hybrid machine both have the same folders. */
bool cf_scope_init(struct cf_scope *scope, const char *proc)
{
    char path[PATH_MAX], room[PATH_MAX];
    struct mntent entry;
    bool found = false;
    scope->proc = proc;
    scope->unified = scope->incomplete = false;
    scope->looked_at = 0;
    scope->leader = 0;
    scope->leading = scope->cgroup = -1;
    if (is_usual(scope))
        return true;
    (void)snprintf(path, sizeof path, "%s/self/mounts", proc);
    FILE *mounts = setmntent(path, "re");
    while (mounts && !scope->unified && getmntent_r(mounts, &entry, room, sizeof room)) {
        scope->unified = strcmp(entry.mnt_type, "cgroup2") == 0;
        if (!scope->unified && (strcmp(entry.mnt_type, "cgroup") != 0 || !hasmntopt(&entry, "name=systemd")))
            continue;
        found = true;
        (void)snprintf(scope->root, sizeof scope->root, "%s", entry.mnt_dir);
    }
    if (mounts)
        (void)endmntent(mounts);
    return found;
}

void cf_scope_finish(struct cf_scope *scope)
{
    if (scope->cgroup >= 0)
        (void)close(scope->cgroup);
    if (scope->leading >= 0)
        (void)close(scope->leading);
    scope->leading = scope->cgroup = -1;
}

int cf_scope_open_process(const struct cf_scope *scope, int64_t pid)
{
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/%lld", scope->proc, (long long)pid);
    return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* By the line "0::/…" of cgroups(7), or "1:name=systemd:/…". */
static void take_cgroup(const struct cf_scope *scope, const char *text, char ret_cgroup[PATH_MAX])
{
    const char *const key = scope->unified ? ":" : "name=systemd:";
    ret_cgroup[0] = '\0';
    for (const char *line = text, *at; (at = strchr(line, ':')); line++) {
        if (strncmp(at + 1, key, strlen(key)) == 0) {
            at += 1 + strlen(key);
            (void)snprintf(ret_cgroup, PATH_MAX, "%.*s", (int)strcspn(at, "\n"), at);
            return;
        }
        if (!(line = strchr(at, '\n')))
            return;
    }
}

void cf_scope_of(const struct cf_scope *scope, int process, char ret_cgroup[PATH_MAX])
{
    char text[PATH_MAX];
    (void)cf_scope_read_record(process, "cgroup", text, sizeof text);
    take_cgroup(scope, text, ret_cgroup);
}

/* The leader's, as it is now. */
static void read_leaders(const struct cf_scope *scope, char ret_cgroup[PATH_MAX])
{
    char text[PATH_MAX];
    ssize_t length = pread(scope->cgroup, text, sizeof text - 1, 0);
    text[length > 0 ? length : 0] = '\0';
    take_cgroup(scope, text, ret_cgroup);
}

bool cf_scope_within(const char *cgroup, const char *top)
{
    size_t length = strlen(top);
    return length > 0 && strncmp(cgroup, top, length) == 0 &&
           (cgroup[length] == '/' || cgroup[length] == '\0');
}

bool cf_scope_find(struct cf_scope *scope, int64_t leader, const char *unit)
{
    char part[NAME_MAX];
    if (!unit || (scope->leading = cf_scope_open_process(scope, leader)) < 0)
        return false;
    scope->cgroup = openat(scope->leading, "cgroup", O_RDONLY | O_CLOEXEC);
    read_leaders(scope, scope->top);
    (void)snprintf(part, sizeof part, "/%s", unit);
    for (char *at = scope->top; (at = strstr(at, part)); at++)
        if (cf_scope_within(at, part)) {
            at[strlen(part)] = '\0';
            scope->leader = leader;
            return true;
        }
    return false;
}

void cf_scope_manager(const struct cf_scope *scope, int64_t uid, char ret_cgroup[PATH_MAX])
{
    (void)snprintf(ret_cgroup, PATH_MAX, "%.*s/user@%lld.service",
                   (int)(strrchr(scope->top, '/') - scope->top), scope->top, (long long)uid);
}

bool cf_scope_stands(const struct cf_scope *scope)
{
    char cgroup[PATH_MAX];
    if (!scope->leader)
        return false;
    read_leaders(scope, cgroup);
    return cf_scope_within(cgroup, scope->top);
}

int cf_scope_open(struct cf_scope *scope, const char *cgroup)
{
    char path[2 * PATH_MAX];
    (void)snprintf(path, sizeof path, "%s%s", scope->root, cgroup);
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    scope->incomplete |= folder < 0 && !cf_scope_has_ended();
    return folder;
}

/* ---- Their processes ---- */

/* The number may be a stranger's by now; but not the leader's, which was found by its own cgroup. */
static void visit_process(struct cf_scope *scope, const char *top, int64_t pid, cf_scope_visit *visit,
                          void *data)
{
    char cgroup[PATH_MAX] = "";
    if (pid == scope->leader && strcmp(top, scope->top) == 0) {
        visit(data, scope->leading, pid);
        return;
    }
    int process = cf_scope_open_process(scope, pid);
    if (process >= 0)
        cf_scope_of(scope, process, cgroup);
    if (!cgroup[0])
        scope->incomplete |= !cf_scope_has_ended();
    else if (cf_scope_within(cgroup, top))
        visit(data, process, pid);
    if (process >= 0)
        (void)close(process);
}

struct walk {
    struct cf_scope *scope;
    const char *top;
    cf_scope_visit *visit;
    void *data;
};

static bool walk_to(void *data, int64_t pid)
{
    struct walk *walk = data;
    if (cf_scope_too_many(walk->scope))
        return false;
    visit_process(walk->scope, walk->top, pid, walk->visit, walk->data);
    return true;
}

static void walk_processes(struct cf_scope *scope, int folder, const char *top, cf_scope_visit *visit,
                           void *data)
{
    struct walk walk = {scope, top, visit, data};
    /* ENODEV: it was removed meanwhile; EOPNOTSUPP: one of threads, whose processes are listed above it */
    if (!cf_scope_each_number(folder, "cgroup.procs", walk_to, &walk) && !cf_scope_has_ended() &&
        errno != ENODEV && errno != EOPNOTSUPP)
        scope->incomplete = true;
}

static void walk_levels(struct cf_scope *scope, int folder, const char *top, unsigned levels,
                        cf_scope_visit *visit, void *data)
{
    struct stat st;
    walk_processes(scope, folder, top, visit, data);
    if (scope->unified && fstat(folder, &st) == 0 && st.st_nlink == 2) { /* kernfs counts the folders in it */
        (void)close(folder);
        return;
    }
    DIR *entries = fdopendir(folder);
    for (struct dirent *entry; entries && (entry = readdir(entries));) {
        if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
            continue;
        int below = openat(folder, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (below >= 0 && levels > 0 && !cf_scope_too_many(scope)) {
            walk_levels(scope, below, top, levels - 1, visit, data);
            continue;
        }
        scope->incomplete |= below >= 0 || !cf_scope_has_ended();
        if (below >= 0)
            (void)close(below);
    }
    scope->incomplete |= !entries;
    if (entries)
        (void)closedir(entries);
}

void cf_scope_walk(struct cf_scope *scope, int folder, const char *top, cf_scope_visit *visit, void *data)
{
    walk_levels(scope, folder, top, CF_SCOPE_LEVELS, visit, data);
}
