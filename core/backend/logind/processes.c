#include "logind/processes.h"

#include "base/memory.h"
#include "base/template.h"
#include "base/text.h"
#include "logind/scope.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WANTS(reading, field) ((reading)->fields & CF_FIELD_BIT(CF_FIELD_##field))

enum {
    ENVIRONMENT = 64 * 1024, /* bytes of a process's that are looked at */
    LANGUAGE = 8             /* "pt_BR", "es_419" */
};

#define MOST_CPU (INT64_MAX / 2) /* µs, of one cgroup: two are added */

struct reading {
    struct cf_scope scope;
    uint64_t fields;
    int64_t uid;
    bool listing; /* each process by number and name */
    char **names;
    size_t count;
    int64_t cpu;
    unsigned long long eldest; /* when the process began that was told this language; 0: none yet */
    char language[LANGUAGE];
};

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
    (void)cf_scope_read_file(process, "stat", text, sizeof text);
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
    const char *end = environment + cf_scope_read_file(process, "environ", environment, ENVIRONMENT),
               *locale = NULL;
    for (size_t i = 0; i < sizeof names / sizeof names[0] && !locale; i++)
        locale = variable(environment, end, names[i]);
    if (locale) {
        reading->eldest = at;
        take_language(locale, reading->language);
    }
    free(environment);
}

/* ---- Processes ---- */

static void add_name(struct reading *reading, const char *name)
{
    reading->names = cf_grow(reading->names, reading->count, sizeof *reading->names);
    reading->names[reading->count++] = cf_strdup(name);
}

/* Half of its names is not enough: whoever is spared by the other half would not be. */
static void add_names(struct reading *reading, int process)
{
    static const char deleted[] = " (deleted)"; /* or replaced by a newer one */
    char name[64], path[PATH_MAX];
    size_t length = cf_scope_read_file(process, "comm", name, sizeof name);
    if (length > 1) {
        name[length - 1] = '\0';
        add_name(reading, name);
    }
    ssize_t end = readlinkat(process, "exe", path, sizeof path - 1);
    if (end < 0 && cf_scope_is_missed(process))
        reading->scope.incomplete = true;
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
    if (cf_scope_read_file(process, "comm", name, sizeof name) == 0)
        return;
    (void)snprintf(text, sizeof text, "%lld %.*s", (long long)pid, (int)strcspn(name, "\n"), name);
    add_name(reading, text);
}

static void look_at(void *data, int process, int64_t pid)
{
    struct reading *reading = data;
    if (reading->listing)
        add_process(reading, process, pid);
    else if (WANTS(reading, PROGRAMS))
        add_names(reading, process);
    if (WANTS(reading, LANGUAGE))
        look_for_language(reading, process);
}

/* Processor time used by all that ever were in the cgroup, µs; kept there without the cpu controller, too. */
static int64_t processor_time(int folder)
{
    char text[64];
    long long used;
    (void)cf_scope_read_file(folder, "cpu.stat", text, sizeof text);
    bool told = sscanf(text, "usage_usec %lld", &used) == 1 && used >= 0 && used <= MOST_CPU;
    return told ? used : CF_NUMBER_UNKNOWN;
}

/* The cgroup `top` and all below; whether it is there. */
static bool read_top(struct reading *reading, const char *top)
{
    int folder = cf_scope_open(&reading->scope, top);
    if (folder < 0) {
        if (!cf_scope_has_ended())
            reading->cpu = CF_NUMBER_UNKNOWN;
        return false;
    }
    int64_t used = WANTS(reading, CPU) ? processor_time(folder) : CF_NUMBER_UNKNOWN;
    reading->cpu = used == CF_NUMBER_UNKNOWN || reading->cpu == CF_NUMBER_UNKNOWN ? CF_NUMBER_UNKNOWN
                                                                                  : reading->cpu + used;
    if (WANTS(reading, PROGRAMS) || WANTS(reading, LANGUAGE))
        cf_scope_walk(&reading->scope, folder, top, look_at, reading);
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

/* Of the leader's session; whether all of it was the same session's. */
static bool read_session(struct reading *reading, int64_t leader, const char *unit, const char *proc)
{
    char manager[PATH_MAX];
    const char *top = reading->scope.top;
    if (!cf_scope_init(&reading->scope, proc) || !cf_scope_find(&reading->scope, leader, unit) ||
        !read_top(reading, top))
        return false;
    if (reading->eldest) /* the session's own word comes first */
        reading->fields &= ~CF_FIELD_BIT(CF_FIELD_LANGUAGE);
    (void)snprintf(manager, sizeof manager, "%.*s/user@%lld.service", (int)(strrchr(top, '/') - top), top,
                   (long long)reading->uid);
    if (!reading->listing)
        (void)read_top(reading, manager);
    return cf_scope_stands(&reading->scope);
}

void cf_processes_read(struct cf_session *record, uint64_t fields, const char *unit, const char *proc)
{
    struct reading reading = {.fields = fields, .uid = record->uid};
    if (read_session(&reading, record->leader, unit, proc)) {
        if (!reading.scope.incomplete)
            set_programs(record, &reading);
        record->cpu = reading.cpu;
        cf_session_set_string(record, CF_FIELD_LANGUAGE, reading.language[0] ? reading.language : NULL);
    }
    cf_scope_finish(&reading.scope);
    for (size_t i = 0; i < reading.count; i++)
        free(reading.names[i]);
    free(reading.names);
}

char **cf_processes_list(int64_t leader, const char *unit, const char *proc)
{
    struct reading reading = {.fields = CF_FIELD_BIT(CF_FIELD_PROGRAMS), .listing = true};
    bool told = read_session(&reading, leader, unit, proc) && !reading.scope.incomplete;
    cf_scope_finish(&reading.scope);
    reading.names = cf_grow(reading.names, reading.count, sizeof *reading.names);
    reading.names[reading.count] = NULL;
    if (told)
        return reading.names;
    for (size_t i = 0; i < reading.count; i++)
        free(reading.names[i]);
    free(reading.names);
    return NULL;
}
