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

#define NO_TIME (-1) /* of a cgroup that is not there */

struct reading {
    struct cf_scope scope;
    uint64_t fields;
    int64_t uid;
    bool listing; /* each process by number and name */
    char **names;
    size_t count;
    struct cf_programs *last;
    int64_t used[2];           /* as in cf_programs */
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
    char *environment = cf_resize(NULL, ENVIRONMENT); /* not zeroed, of which most is not used */
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

/* Opens a cgroup, and reads what it has used so far. -1 where it is not there. */
static int open_top(struct reading *reading, const char *top, int64_t *ret_used)
{
    int folder = cf_scope_open(&reading->scope, top);
    if (folder >= 0)
        *ret_used = processor_time(folder);
    else
        *ret_used = cf_scope_has_ended() ? NO_TIME : CF_NUMBER_UNKNOWN;
    return folder;
}

/* Whether nothing has run since the programs were read. */
static bool are_the_same(const struct reading *reading)
{
    const struct cf_programs *last = reading->last;
    return last && last->names && reading->used[0] != CF_NUMBER_UNKNOWN &&
           reading->used[1] != CF_NUMBER_UNKNOWN && memcmp(reading->used, last->used, sizeof last->used) == 0;
}

/* The cgroup `top`, of whose `folder` it takes hold, and all below. */
static void walk_top(struct reading *reading, int folder, const char *top)
{
    if (folder >= 0 && (WANTS(reading, PROGRAMS) || WANTS(reading, LANGUAGE)))
        cf_scope_walk(&reading->scope, folder, top, look_at, reading);
    else if (folder >= 0)
        (void)close(folder);
}

/* ---- The record ---- */

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void cf_programs_finish(struct cf_programs *programs)
{
    for (char **name = programs->names; name && *name; name++)
        free(*name);
    free(programs->names);
    programs->names = NULL;
}

/* Sorted and each once, so that it changes only where they do. None at all: nobody let us see them. */
static void keep_programs(struct reading *reading)
{
    struct cf_programs *last = reading->last;
    size_t count = 0;
    cf_programs_finish(last);
    if (reading->count == 0)
        return;
    qsort(reading->names, reading->count, sizeof *reading->names, compare);
    last->names = cf_alloc((reading->count + 1) * sizeof *last->names);
    for (size_t i = 0; i < reading->count; i++)
        if (count == 0 || strcmp(last->names[count - 1], reading->names[i]) != 0)
            last->names[count++] = cf_strdup(reading->names[i]);
    memcpy(last->used, reading->used, sizeof last->used);
}

/* Of the leader's session; whether all of it was the same session's. */
static bool read_session(struct reading *reading, int64_t leader, const char *unit, const char *proc)
{
    char manager[PATH_MAX];
    struct cf_scope *scope = &reading->scope;
    if (!cf_scope_init(scope, proc) || !cf_scope_find(scope, leader, unit))
        return false;
    cf_scope_manager(scope, reading->uid, manager);
    int own = open_top(reading, scope->top, &reading->used[0]),
        managed = reading->listing ? -1 : open_top(reading, manager, &reading->used[1]);
    if (are_the_same(reading))
        reading->fields &= ~CF_FIELD_BIT(CF_FIELD_PROGRAMS);
    walk_top(reading, own, scope->top);
    if (reading->eldest) /* the session's own word comes first */
        reading->fields &= ~CF_FIELD_BIT(CF_FIELD_LANGUAGE);
    walk_top(reading, managed, manager);
    return own >= 0 && cf_scope_stands(scope);
}

/* All of the cgroups together. */
static int64_t sum_of(const int64_t used[2])
{
    if (used[0] == CF_NUMBER_UNKNOWN || used[1] == CF_NUMBER_UNKNOWN)
        return CF_NUMBER_UNKNOWN;
    return used[0] + (used[1] == NO_TIME ? 0 : used[1]);
}

void cf_processes_read(struct cf_session *record, uint64_t fields, const char *unit, const char *proc,
                       struct cf_programs *last)
{
    struct reading reading = {.fields = fields, .uid = record->uid, .last = last};
    bool told = read_session(&reading, record->leader, unit, proc), wants = WANTS(&reading, PROGRAMS);
    if (wants && told && !reading.scope.incomplete)
        keep_programs(&reading);
    else if (wants)
        cf_programs_finish(last);
    if (told) {
        if (fields & CF_FIELD_BIT(CF_FIELD_PROGRAMS))
            cf_session_set_list(record, CF_FIELD_PROGRAMS, (const char *const *)last->names);
        if (fields & CF_FIELD_BIT(CF_FIELD_CPU))
            record->cpu = sum_of(reading.used);
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
