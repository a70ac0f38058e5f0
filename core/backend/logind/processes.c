#include "logind/processes.h"

#include "base/memory.h"
#include "base/template.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WANTS(reading, field) ((reading)->fields & CF_FIELD_BIT(CF_FIELD_##field))

enum {
    LOOKED_AT = 4096, /* processes and cgroups of one session; whoever has more has no list of programs */
    LEVELS = 8,       /* of cgroups below the scope; the same */
    ENVIRONMENT = 64 * 1024, /* bytes of a process's that are looked at */
    LANGUAGE = 8             /* "pt_BR", "es_419" */
};

struct reading {
    uint64_t fields;
    int64_t uid;
    const char *proc, *scope;
    char root[PATH_MAX]; /* where cgroup v2 is mounted */
    size_t looked_at;
    bool incomplete, listing; /* listing: each process by number and name */
    char **names;
    size_t count;
    int64_t cpu;
    unsigned long long eldest; /* when the process began that was told this language; 0: none yet */
    char language[LANGUAGE];
};

/* Reads what there is, up to size - 1 bytes, and ends it in NUL; the length, 0 where it cannot be read. */
static size_t read_file(int folder, const char *name, char *out, size_t size)
{
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
    size_t length = 0;
    for (ssize_t step; fd >= 0 && (step = read(fd, out + length, size - 1 - length)) > 0;)
        length += (size_t)step;
    if (fd >= 0)
        (void)close(fd);
    out[length] = '\0';
    return length;
}

/* ---- Cgroups ---- */

static bool find_root(struct reading *reading)
{
    char path[PATH_MAX], room[PATH_MAX];
    struct mntent entry;
    bool found = false;
    (void)snprintf(path, sizeof path, "%s/self/mounts", reading->proc);
    FILE *mounts = setmntent(path, "re");
    while (mounts && !found && getmntent_r(mounts, &entry, room, sizeof room)) {
        found = strcmp(entry.mnt_type, "cgroup2") == 0;
        (void)snprintf(reading->root, sizeof reading->root, "%s", entry.mnt_dir);
    }
    if (mounts)
        (void)endmntent(mounts);
    return found;
}

static int open_process(const struct reading *reading, int64_t pid)
{
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/%lld", reading->proc, (long long)pid);
    return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* The process's cgroup of version 2, the line "0::/…" of cgroups(7); empty where it has ended. */
static void cgroup_of(int process, char out[PATH_MAX])
{
    char text[PATH_MAX];
    const char *line = text;
    (void)read_file(process, "cgroup", text, sizeof text);
    while (line && strncmp(line, "0::", 3) != 0)
        line = (line = strchr(line, '\n')) ? line + 1 : NULL;
    (void)snprintf(out, PATH_MAX, "%.*s", line ? (int)strcspn(line + 3, "\n") : 0, line ? line + 3 : "");
}

/* Whether the cgroup is `top`, or below it. */
static bool is_within(const char *path, const char *top)
{
    size_t length = strlen(top);
    return strncmp(path, top, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

/* The scope's own cgroup, by its leader, who may be in one below; false where he is elsewhere by now. */
static bool find_scope(const struct reading *reading, int64_t leader, char out[PATH_MAX])
{
    char part[NAME_MAX];
    int process = open_process(reading, leader);
    if (process < 0)
        return false;
    cgroup_of(process, out);
    (void)close(process);
    (void)snprintf(part, sizeof part, "/%s", reading->scope);
    for (char *at = out; (at = strstr(at, part)); at++)
        if (is_within(at, part)) {
            at[strlen(part)] = '\0';
            return true;
        }
    return false;
}

/* ---- Language ---- */

/* The value of `name` among `environment`'s strings; NULL where it is not there, or empty, which is the same.
 */
static const char *variable(const char *environment, const char *end, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = environment; at < end; at += strlen(at) + 1)
        if (strncmp(at, name, length) == 0 && at[length] == '=' && at[length + 1])
            return at + length + 1;
    return NULL;
}

/* "pt_BR.UTF-8" is pt_BR; "C" and "POSIX" are none. */
static void take_language(const char *locale, char out[LANGUAGE])
{
    int length = snprintf(out, LANGUAGE, "%.*s", (int)strcspn(locale, ".@"), locale);
    if (length >= LANGUAGE || !cf_language_is(out))
        out[0] = '\0';
}

/* When the process began, in ticks since boot: field 22 of stat, proc(5). Its name may hold anything. */
static unsigned long long began(int process)
{
    char text[1024];
    (void)read_file(process, "stat", text, sizeof text);
    const char *after = strrchr(text, ')');
    for (int field = 2; after && field < 22; field++)
        after = strchr(after + 1, ' ');
    return after ? strtoull(after, NULL, 10) : 0;
}

/* What its own process was told counts: services that log people on have the machine's language. */
static void look_for_language(struct reading *reading, int process)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    struct stat st;
    unsigned long long at = began(process);
    if (fstat(process, &st) != 0 || (int64_t)st.st_uid != reading->uid || at == 0 ||
        (reading->eldest && at >= reading->eldest))
        return;
    char *environment = cf_alloc(ENVIRONMENT);
    const char *end = environment + read_file(process, "environ", environment, ENVIRONMENT), *locale = NULL;
    for (size_t i = 0; i < sizeof names / sizeof names[0] && !locale; i++)
        locale = variable(environment, end, names[i]);
    if (locale) {
        reading->eldest = at;
        take_language(locale, reading->language);
    }
    free(environment);
}

/* ---- Processes ---- */

/* Counts one more process or cgroup. */
static bool too_many(struct reading *reading)
{
    bool many = ++reading->looked_at > LOOKED_AT;
    reading->incomplete |= many;
    return many;
}

/* Whether what could not be opened is no more, which is no error. */
static bool has_ended(void)
{
    return errno == ENOENT || errno == ESRCH;
}

static void add_name(struct reading *reading, const char *name)
{
    reading->names = cf_grow(reading->names, reading->count, sizeof *reading->names);
    reading->names[reading->count++] = cf_strdup(name);
}

static void add_names(struct reading *reading, int process)
{
    static const char deleted[] = " (deleted)"; /* or replaced by a newer one */
    char name[64], path[PATH_MAX];
    size_t length = read_file(process, "comm", name, sizeof name);
    if (length > 1) {
        name[length - 1] = '\0';
        add_name(reading, name);
    }
    ssize_t end = readlinkat(process, "exe", path, sizeof path - 1);
    if (end <= 0)
        return;
    path[end] = '\0';
    char *suffix = path + end - (sizeof deleted - 1);
    if (suffix > path && strcmp(suffix, deleted) == 0)
        *suffix = '\0';
    add_name(reading, cf_path_file(path));
}

static void add_process(struct reading *reading, int process, int64_t pid)
{
    char name[64], text[96];
    if (read_file(process, "comm", name, sizeof name) == 0)
        return;
    (void)snprintf(text, sizeof text, "%lld %.*s", (long long)pid, (int)strcspn(name, "\n"), name);
    add_name(reading, text);
}

/* All is read through one descriptor, so it is one process's; the number may be a stranger's by now. */
static void look_at(struct reading *reading, const char *top, int64_t pid)
{
    char path[PATH_MAX];
    int process = open_process(reading, pid);
    if (process >= 0)
        cgroup_of(process, path);
    if (process < 0 || !path[0]) {
        reading->incomplete |= !has_ended();
    } else if (is_within(path, top)) {
        if (reading->listing)
            add_process(reading, process, pid);
        else if (WANTS(reading, PROGRAMS))
            add_names(reading, process);
        if (WANTS(reading, LANGUAGE))
            look_for_language(reading, process);
    }
    if (process >= 0)
        (void)close(process);
}

static void read_processes(struct reading *reading, int folder, const char *top)
{
    int fd = openat(folder, "cgroup.procs", O_RDONLY | O_CLOEXEC);
    FILE *list = fd < 0 ? NULL : fdopen(fd, "r");
    long long pid;
    while (list && fscanf(list, "%lld", &pid) == 1 && !too_many(reading))
        look_at(reading, top, pid);
    /* ENODEV: it was removed meanwhile; EOPNOTSUPP: one of threads, whose processes are listed above it */
    if (list ? ferror(list) && errno != ENODEV && errno != EOPNOTSUPP : !has_ended())
        reading->incomplete = true;
    if (list)
        (void)fclose(list);
}

/* Takes over `folder`. */
static void read_cgroups(struct reading *reading, int folder, const char *top, unsigned levels)
{
    read_processes(reading, folder, top);
    DIR *entries = fdopendir(folder);
    for (struct dirent *entry; entries && (entry = readdir(entries));) {
        if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
            continue;
        int below = openat(folder, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (below >= 0 && levels > 0 && !too_many(reading)) {
            read_cgroups(reading, below, top, levels - 1);
            continue;
        }
        reading->incomplete |= below >= 0 || !has_ended();
        if (below >= 0)
            (void)close(below);
    }
    reading->incomplete |= !entries;
    if (entries)
        (void)closedir(entries);
}

/* Processor time used by all that ever were in the cgroup, µs; kept there without the cpu controller, too. */
static int64_t processor_time(int folder)
{
    char text[64];
    long long used;
    (void)read_file(folder, "cpu.stat", text, sizeof text);
    return sscanf(text, "usage_usec %lld", &used) == 1 ? used : CF_NUMBER_UNKNOWN;
}

/* The cgroup `top` and all below; whether it is there. */
static bool read_top(struct reading *reading, const char *top)
{
    char path[2 * PATH_MAX];
    (void)snprintf(path, sizeof path, "%s%s", reading->root, top);
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0 && !has_ended()) {
        reading->incomplete = true;
        reading->cpu = CF_NUMBER_UNKNOWN;
    }
    if (folder < 0)
        return false;
    int64_t used = WANTS(reading, CPU) ? processor_time(folder) : CF_NUMBER_UNKNOWN;
    reading->cpu = used == CF_NUMBER_UNKNOWN || reading->cpu == CF_NUMBER_UNKNOWN ? CF_NUMBER_UNKNOWN
                                                                                  : reading->cpu + used;
    if (WANTS(reading, PROGRAMS) || WANTS(reading, LANGUAGE))
        read_cgroups(reading, folder, top, LEVELS);
    else
        (void)close(folder);
    return true;
}

/* ---- The record ---- */

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorted and each once, so that it changes only where they do. None at all: nobody let us see them. */
static void set_programs(struct cf_session *record, struct reading *reading)
{
    if (reading->count == 0)
        return;
    qsort(reading->names, reading->count, sizeof *reading->names, compare);
    const char **names = cf_alloc((reading->count + 1) * sizeof *names);
    size_t count = 0;
    for (size_t i = 0; i < reading->count; i++)
        if (count == 0 || strcmp(names[count - 1], reading->names[i]) != 0)
            names[count++] = reading->names[i];
    cf_session_set_list(record, CF_FIELD_PROGRAMS, names);
    free(names);
}

void cf_processes_read(struct cf_session *record, uint64_t fields, const char *scope, const char *proc)
{
    struct reading reading = {.fields = fields, .uid = record->uid, .proc = proc, .scope = scope};
    char top[PATH_MAX], manager[PATH_MAX], again[PATH_MAX];
    if (!scope || !find_root(&reading) || !find_scope(&reading, record->leader, top) ||
        !read_top(&reading, top))
        return;
    if (reading.eldest) /* the session's own word comes first */
        reading.fields &= ~CF_FIELD_BIT(CF_FIELD_LANGUAGE);
    (void)snprintf(manager, sizeof manager, "%.*s/user@%lld.service", (int)(strrchr(top, '/') - top), top,
                   (long long)record->uid);
    (void)read_top(&reading, manager);
    /* The leader still being there, nothing of this was of a later session. */
    if (find_scope(&reading, record->leader, again) && strcmp(top, again) == 0) {
        if (!reading.incomplete)
            set_programs(record, &reading);
        record->cpu = reading.cpu;
        cf_session_set_string(record, CF_FIELD_LANGUAGE, reading.language[0] ? reading.language : NULL);
    }
    for (size_t i = 0; i < reading.count; i++)
        free(reading.names[i]);
    free(reading.names);
}

char **cf_processes_list(int64_t leader, const char *scope, const char *proc)
{
    struct reading reading = {
        .fields = CF_FIELD_BIT(CF_FIELD_PROGRAMS), .proc = proc, .scope = scope, .listing = true};
    char top[PATH_MAX], again[PATH_MAX];
    bool told = scope && find_root(&reading) && find_scope(&reading, leader, top) &&
                read_top(&reading, top) && !reading.incomplete && find_scope(&reading, leader, again) &&
                strcmp(top, again) == 0;
    reading.names = cf_grow(reading.names, reading.count, sizeof *reading.names);
    reading.names[reading.count] = NULL;
    if (told)
        return reading.names;
    for (size_t i = 0; i < reading.count; i++)
        free(reading.names[i]);
    free(reading.names);
    return NULL;
}
