#include "journal/aside.h"

#include "base/memory.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

static const char *const parts[] = {"-wal", "-shm", ""};
enum { PARTS = sizeof parts / sizeof *parts };

struct aside {
    int number;
    int64_t bytes; /* with what lies beside it */
};

static int64_t size_of(const char *path)
{
    uv_fs_t request;
    int status = uv_fs_lstat(NULL, &request, path, NULL);
    int64_t size = status == 0 ? (int64_t)request.statbuf.st_size : 0;
    uv_fs_req_cleanup(&request);
    return size;
}

/* PATH.aside-NUMBER and what lies beside it: their size, or their end. */
static int64_t each_part(const char *path, int number, int64_t (*visit)(const char *part))
{
    int64_t all = 0;
    for (size_t i = 0; i < PARTS; i++) {
        struct cf_buffer part = {0};
        cf_buffer_printf(&part, "%s.aside-%d%s", path, number, parts[i]);
        all += visit(part.data);
        cf_buffer_finish(&part);
    }
    return all;
}

static int64_t drop(const char *path)
{
    uv_fs_t request;
    (void)uv_fs_unlink(NULL, &request, path, NULL);
    uv_fs_req_cleanup(&request);
    return 0;
}

static int by_number(const void *a, const void *b)
{
    int one = ((const struct aside *)a)->number, other = ((const struct aside *)b)->number;
    return (one > other) - (one < other);
}

/* The number of a name such as "journal.db.aside-3"; 0: it is another's. */
static int number_of(const char *name, const char *file)
{
    size_t length = strlen(file);
    if (strncmp(name, file, length) != 0 || strncmp(name + length, ".aside-", 7) != 0)
        return 0;
    char *end;
    long number = strtol(name + length + 7, &end, 10);
    return *end == '\0' && number > 0 && number < INT_MAX ? (int)number : 0;
}

/* Those that lie there, the oldest first. */
static size_t list(const char *path, struct aside **ret_asides)
{
    struct cf_buffer folder = {0};
    const char *file = cf_path_file(path);
    cf_buffer_printf(&folder, "%.*s", (int)(file - path), path);
    struct aside *asides = NULL;
    size_t count = 0;
    uv_fs_t request;
    uv_dirent_t entry;
    int status = uv_fs_scandir(NULL, &request, file == path ? "." : folder.data, 0, NULL);
    while (status >= 0 && uv_fs_scandir_next(&request, &entry) == 0) {
        int number = number_of(entry.name, file);
        if (!number)
            continue;
        asides = cf_grow(asides, count, sizeof *asides);
        asides[count++] = (struct aside){number, each_part(path, number, size_of)};
    }
    uv_fs_req_cleanup(&request);
    cf_buffer_finish(&folder);
    if (count)
        qsort(asides, count, sizeof *asides, by_number);
    *ret_asides = asides;
    return count;
}

void cf_aside_name(const char *path, struct cf_buffer *ret_name, struct cf_buffer *removed)
{
    struct aside *asides;
    size_t count = list(path, &asides);
    int64_t bytes = 0;
    for (size_t i = 0; i < PARTS; i++) {
        struct cf_buffer part = {0};
        cf_buffer_printf(&part, "%s%s", path, parts[i]);
        bytes += size_of(part.data);
        cf_buffer_finish(&part);
    }
    for (size_t i = 0; i < count; i++)
        bytes += asides[i].bytes;
    for (size_t i = 0; i < count && (count - i >= CF_ASIDES || bytes > CF_ASIDE_BYTES); i++) {
        (void)each_part(path, asides[i].number, drop);
        bytes -= asides[i].bytes;
        cf_buffer_printf(removed, "%s%s.aside-%d", removed->length ? ", " : "", cf_path_file(path),
                         asides[i].number);
    }
    cf_buffer_printf(ret_name, "%s.aside-%d", path, count ? asides[count - 1].number + 1 : 1);
    free(asides);
}

int cf_aside_move(const char *path, const char *name)
{
    int status = 0;
    for (size_t i = 0; i < PARTS; i++) { /* the file itself last: its status counts */
        struct cf_buffer from = {0}, to = {0};
        uv_fs_t request;
        cf_buffer_printf(&from, "%s%s", path, parts[i]);
        cf_buffer_printf(&to, "%s%s", name, parts[i]);
        status = uv_fs_rename(NULL, &request, from.data, to.data, NULL);
        uv_fs_req_cleanup(&request);
        cf_buffer_finish(&from);
        cf_buffer_finish(&to);
    }
    return status;
}
