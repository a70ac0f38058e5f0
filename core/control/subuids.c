#include "control/subuids.h"

#include "base/file.h"
#include "base/memory.h"
#include "time/worker.h"

#include <stdlib.h>
#include <string.h>

#define AGAIN CF_MINUTE

enum { COMMON = 1 << 16 }; /* below this no range is to be expected */

struct range {
    int64_t first, count, owner;
    const char *user; /* in the file's text */
};

struct table {
    char *text;
    struct range *ranges;
    size_t count;
};

struct cf_subuids {
    char *path;
    struct table known;
    struct cf_mono read; /* when it was asked for */
    uv_loop_t *loop;
    struct cf_worker *worker; /* NULL: it was read but once */
    struct cf_job job;
    struct table fresh; /* the job's, while it is under way */
    bool reading;
};

static void forget(struct table *table)
{
    free(table->ranges);
    free(table->text);
    *table = (struct table){0};
}

static bool read_number(char **at, char end, int64_t *ret_number)
{
    char *stop = *at;
    long long number = strtoll(*at, &stop, 10);
    if (stop == *at || *stop != end || number < 0 || number > UINT32_MAX)
        return false;
    *at = stop + 1;
    *ret_number = number;
    return true;
}

/* "ana:100000:65536"; what is no such line is nobody's. */
static void add_line(struct table *table, char *line)
{
    char *at = strchr(line, ':');
    struct range range = {.user = line};
    if (!at || table->count == CF_SUBUIDS_RANGES)
        return;
    *at++ = '\0';
    if (!read_number(&at, ':', &range.first) || !read_number(&at, '\0', &range.count))
        return;
    table->ranges = cf_grow(table->ranges, table->count, sizeof *table->ranges);
    table->ranges[table->count++] = range;
}

static int by_user(const void *a, const void *b)
{
    const struct range *one = a, *other = b;
    int order = strcmp(one->user, other->user);
    return order ? order : (one->first > other->first) - (one->first < other->first);
}

static void number_owners(struct table *table)
{
    if (table->count > 1)
        qsort(table->ranges, table->count, sizeof *table->ranges, by_user);
    for (size_t i = 0; i < table->count; i++) {
        struct range *range = &table->ranges[i];
        bool same = i && strcmp(range[-1].user, range->user) == 0;
        range->owner =
            same ? range[-1].owner : -1 - range->first; /* the same again when the file is read anew */
    }
}

/* On the worker, but for the first time. */
static void read_file(void *data)
{
    struct cf_subuids *subuids = data;
    struct table *table = &subuids->fresh;
    size_t size = 0;
    struct cf_error err;
    if (cf_file_read(subuids->path, CF_SUBUIDS_FILE, &table->text, &size, &err) != CF_OK)
        return; /* most hosts without such users have none */
    for (char *line = table->text, *next; line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        add_line(table, line);
    }
    number_owners(table);
}

static void on_read(void *data, bool worked)
{
    struct cf_subuids *subuids = data;
    subuids->reading = false;
    if (!worked)
        return;
    forget(&subuids->known);
    subuids->known = subuids->fresh;
    subuids->fresh = (struct table){0};
}

static void read_again(struct cf_subuids *subuids, struct cf_mono now)
{
    if (!subuids->worker)
        subuids->worker = cf_worker_create(subuids->loop);
    subuids->read = now;
    subuids->reading = subuids->worker != NULL;
    if (subuids->reading)
        cf_worker_add(subuids->worker, &subuids->job);
}

struct cf_subuids *cf_subuids_create(const char *path, uv_loop_t *loop, struct cf_mono now)
{
    struct cf_subuids *subuids = cf_alloc(sizeof *subuids);
    *subuids = (struct cf_subuids){.path = cf_strdup(path),
                                   .read = now,
                                   .loop = loop,
                                   .job = {.data = subuids, .work = read_file, .done = on_read}};
    read_file(subuids);
    on_read(subuids, true);
    return subuids;
}

void cf_subuids_destroy(struct cf_subuids *subuids)
{
    if (!subuids)
        return;
    cf_worker_destroy(subuids->worker);
    forget(&subuids->known);
    free(subuids->path);
    free(subuids);
}

int64_t cf_subuids_owner(struct cf_subuids *subuids, int64_t uid, struct cf_mono now)
{
    const struct table *table = &subuids->known;
    if (uid < COMMON)
        return uid;
    if (!subuids->reading && now.us - subuids->read.us >= AGAIN.us)
        read_again(subuids, now);
    for (size_t i = 0; i < table->count; i++)
        if (uid >= table->ranges[i].first && uid - table->ranges[i].first < table->ranges[i].count)
            return table->ranges[i].owner;
    return uid;
}
