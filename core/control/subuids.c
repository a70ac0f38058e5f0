#include "control/subuids.h"

#include "base/file.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

#define AGAIN CF_MINUTE

enum { COMMON = 1 << 16 }; /* below this no range is to be expected, and the file is not read */

struct range {
    int64_t first, count, owner;
    const char *user; /* in the file's text */
};

struct cf_subuids {
    char *path, *text;
    struct range *ranges;
    size_t count;
    struct cf_mono read;
};

struct cf_subuids *cf_subuids_create(const char *path)
{
    struct cf_subuids *subuids = cf_alloc(sizeof *subuids);
    *subuids = (struct cf_subuids){.path = cf_strdup(path), .read = CF_MONO_UNKNOWN};
    return subuids;
}

static void forget(struct cf_subuids *subuids)
{
    free(subuids->ranges);
    free(subuids->text);
    subuids->ranges = NULL;
    subuids->text = NULL;
    subuids->count = 0;
}

void cf_subuids_destroy(struct cf_subuids *subuids)
{
    if (!subuids)
        return;
    forget(subuids);
    free(subuids->path);
    free(subuids);
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
static void add_line(struct cf_subuids *subuids, char *line)
{
    char *at = strchr(line, ':');
    struct range range = {.user = line};
    if (!at || subuids->count == CF_SUBUIDS_RANGES)
        return;
    *at++ = '\0';
    if (!read_number(&at, ':', &range.first) || !read_number(&at, '\0', &range.count))
        return;
    subuids->ranges = cf_grow(subuids->ranges, subuids->count, sizeof *subuids->ranges);
    subuids->ranges[subuids->count++] = range;
}

static int by_user(const void *a, const void *b)
{
    const struct range *one = a, *other = b;
    int order = strcmp(one->user, other->user);
    return order ? order : (one->first > other->first) - (one->first < other->first);
}

static void number_owners(struct cf_subuids *subuids)
{
    if (subuids->count > 1)
        qsort(subuids->ranges, subuids->count, sizeof *subuids->ranges, by_user);
    for (size_t i = 0; i < subuids->count; i++) {
        struct range *range = &subuids->ranges[i];
        bool same = i && strcmp(range[-1].user, range->user) == 0;
        range->owner =
            same ? range[-1].owner : -1 - range->first; /* the same again when the file is read anew */
    }
}

static void read_again(struct cf_subuids *subuids)
{
    size_t size = 0;
    struct cf_error err;
    forget(subuids);
    if (cf_file_read(subuids->path, CF_SUBUIDS_FILE, &subuids->text, &size, &err) != CF_OK)
        return; /* most hosts without such users have none */
    for (char *line = subuids->text, *next; line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        add_line(subuids, line);
    }
    number_owners(subuids);
}

int64_t cf_subuids_owner(struct cf_subuids *subuids, int64_t uid, struct cf_mono now)
{
    if (uid < COMMON)
        return uid;
    if (!cf_mono_known(subuids->read) || now.us - subuids->read.us >= AGAIN.us) {
        subuids->read = now;
        read_again(subuids);
    }
    for (size_t i = 0; i < subuids->count; i++)
        if (uid >= subuids->ranges[i].first && uid - subuids->ranges[i].first < subuids->ranges[i].count)
            return subuids->ranges[i].owner;
    return uid;
}
