/* The zones handed out: found by name in the folders of the host, read once, shared; read again when asked
 * to. */
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "time/folder_watch.h"
#include "time/zone_data.h"
#include "time/zone_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

static uv_once_t once = UV_ONCE_INIT;
static uv_mutex_t lock;

enum { NAME_SIZE = 128, PATH_SIZE = 1024 };

/* What a zone was read from. Zeroed: nothing, so that it is UTC. */
struct source {
    char *path, *bytes;
    size_t size;
};

/* A name, and the zone that it has now. Zones that had it before live on for those who borrowed them. */
static struct entry {
    struct entry *next;
    char *name; /* as asked for */
    struct cf_zone *zone;
    struct source source;
    char *trouble; /* why it could not be read again, as was told; NULL: it could */
} * cache;

static struct former {
    struct former *next;
    struct cf_zone *zone;
} * formers;

static void make_lock(void)
{
    if (uv_mutex_init_recursive(&lock) != 0)
        abort();
}

static void take_lock(void)
{
    uv_once(&once, make_lock);
    uv_mutex_lock(&lock);
}

static void source_finish(struct source *source)
{
    free(source->path);
    free(source->bytes);
    *source = (struct source){0};
}

/* ---- Reading ---- */

/* CF_UNAVAILABLE: there is no such file, or (of a name) no such regular file. */
static int read_zone(const char *name, const char *path, struct cf_zone **ret_zone, struct source *ret_source,
                     struct cf_error *err)
{
    struct source source = {0};
    int code = cf_file_read(path, CF_ZONE_FILE_SIZE, &source.bytes, &source.size, err);
    if (code < 0)
        return code;
    code = cf_zone_parse(name, (const uint8_t *)source.bytes, source.size, ret_zone, err);
    if (code < 0) {
        (void)cf_error_prefix(err, "%s", path);
        source_finish(&source);
        return code;
    }
    source.path = cf_strdup(path);
    *ret_source = source;
    return CF_OK;
}

/* Names of the IANA database are letters, digits, "_", "+", "-" and "/"; without dots none leaves the folder.
 */
static bool is_plain(const char *name)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
    size_t length = strlen(name);
    return length > 0 && length < NAME_SIZE && name[0] != '/' && strspn(name, allowed) == length;
}

/* The folders in which zones are looked for; NULL after the last. */
static const char *folder(size_t index)
{
    const char *own = getenv("TZDIR");
    return index == 0 && own ? own : index == (own != NULL) ? cf_zone_folder() : NULL;
}

static int find_zone(const char *name, struct cf_zone **ret_zone, struct source *ret_source,
                     struct cf_error *err)
{
    const char *where;
    for (size_t i = 0; (where = folder(i)); i++) {
        char path[PATH_SIZE];
        uv_fs_t request;
        if (snprintf(path, sizeof path, "%s/%s", where, name) >= (int)sizeof path)
            continue;
        bool is_file =
            uv_fs_stat(NULL, &request, path, NULL) == 0 && (request.statbuf.st_mode & S_IFMT) == S_IFREG;
        uv_fs_req_cleanup(&request);
        if (is_file)
            return read_zone(name, path, ret_zone, ret_source, err);
    }
    return CF_UNAVAILABLE;
}

/* The host's own, by a link such as /etc/localtime. CF_UNAVAILABLE: there is none. */
static int read_link(const char *path, struct cf_zone **ret_zone, struct source *ret_source,
                     struct cf_error *err)
{
    int code = read_zone("local", path, ret_zone, ret_source, err);
    if (code == CF_FAILED)
        (void)cf_error_prefix(err, "the host's time zone is unknown");
    if (code != CF_UNAVAILABLE)
        return code;
    uv_fs_t request;
    if (uv_fs_readlink(NULL, &request, path, NULL) == 0)
        code = cf_error_set(err, CF_FAILED,
                            "%s leads to %s, which is not there; install tzdata, or set the time zone anew "
                            "(timedatectl set-timezone)",
                            path, (const char *)request.ptr);
    uv_fs_req_cleanup(&request);
    return code;
}

/* What $TZ may hold (POSIX, 8.3): a zone's name or path, with or without a colon, or a rule. */
static int zone_of_environment(const char *tz, struct cf_zone **ret_zone, struct source *ret_source,
                               struct cf_error *err)
{
    const char *value = tz[0] == ':' ? tz + 1 : tz;
    int code = CF_UNAVAILABLE;
    if (value[0] == '/')
        code = read_link(value, ret_zone, ret_source, err);
    else if (is_plain(value))
        code = find_zone(value, ret_zone, ret_source, err);
    if (code != CF_UNAVAILABLE)
        return code;
    struct cf_zone *zone = cf_alloc(sizeof *zone);
    zone->name = cf_strdup("local");
    if (cf_zone_extend(zone, value, strlen(value), NULL) < 0) {
        cf_zone_destroy(zone);
        return cf_error_set(
            err, CF_USAGE,
            "the environment's TZ, \"%.80s\", is no time zone; unset it, or write for instance "
            "\"Europe/Berlin\"",
            tz);
    }
    *ret_zone = zone;
    return CF_OK;
}

static struct cf_zone *make_utc(void)
{
    struct cf_zone *zone = cf_alloc(sizeof *zone);
    zone->name = cf_strdup("UTC");
    (void)cf_zone_add_type(zone, 0, "UTC", 3);
    return zone;
}

static int load_local(struct cf_zone **ret_zone, struct source *ret_source, struct cf_error *err)
{
    const char *tz = getenv("TZ");
    if (tz && tz[0])
        return zone_of_environment(tz, ret_zone, ret_source, err);
    int code = tz ? CF_UNAVAILABLE : read_link(cf_zone_own_file(), ret_zone, ret_source, err);
    if (code != CF_UNAVAILABLE)
        return code;
    *ret_zone = make_utc(); /* POSIX: empty; localtime(5): missing */
    return CF_OK;
}

static int load_named(const char *name, struct cf_zone **ret_zone, struct source *ret_source,
                      struct cf_error *err)
{
    int code = is_plain(name) ? find_zone(name, ret_zone, ret_source, err) : CF_UNAVAILABLE;
    if (code != CF_UNAVAILABLE)
        return code;
    return cf_error_set(
        err, CF_USAGE,
        "there is no time zone \"%.80s\"; write for instance \"Europe/Berlin\" or \"UTC\" (zones "
        "are looked for in $TZDIR and %s, where tzdata puts them)",
        name, cf_zone_folder());
}

static int load(const char *name, struct cf_zone **ret_zone, struct source *ret_source, struct cf_error *err)
{
    return strcmp(name, "local") == 0 ? load_local(ret_zone, ret_source, err)
                                      : load_named(name, ret_zone, ret_source, err);
}

/* ---- Handing out ---- */

static int get(const char *name, const struct cf_zone **ret_zone, struct cf_error *err)
{
    for (const struct entry *entry = cache; entry; entry = entry->next) {
        if (strcmp(entry->name, name) == 0) {
            *ret_zone = entry->zone;
            return CF_OK;
        }
    }
    struct cf_zone *zone = NULL;
    struct source source = {0};
    int code = load(name, &zone, &source, err);
    if (code < 0)
        return code;
    struct entry *entry = cf_alloc(sizeof *entry);
    *entry = (struct entry){.next = cache, .name = cf_strdup(name), .zone = zone, .source = source};
    cache = entry;
    *ret_zone = zone;
    return CF_OK;
}

int cf_zone_get(const char *name, const struct cf_zone **ret_zone, struct cf_error *err)
{
    name = name ? name : "local";
    if (strcmp(name, "UTC") == 0) {
        *ret_zone = cf_zone_utc();
        return CF_OK;
    }
    take_lock();
    int code = get(name, ret_zone, err);
    uv_mutex_unlock(&lock);
    return code;
}

bool cf_zone_is_assumed(void)
{
    uv_fs_t request;
    bool missing = !getenv("TZ") && uv_fs_lstat(NULL, &request, cf_zone_own_file(), NULL) == UV_ENOENT;
    if (!getenv("TZ"))
        uv_fs_req_cleanup(&request);
    return missing;
}

/* ---- Reading again ---- */

static bool is_same(const struct source *a, const struct source *b)
{
    return a->size == b->size && (a->size == 0 || memcmp(a->bytes, b->bytes, a->size) == 0);
}

/* Whether the entry's name means another zone by now. */
static bool refresh(struct entry *entry, struct cf_error *err)
{
    struct cf_zone *zone = NULL;
    struct source source = {0};
    if (load(entry->name, &zone, &source, err) < 0) {
        if (entry->trouble && strcmp(entry->trouble, err->text) == 0)
            err->code = CF_OK; /* told already */
        else
            cf_replace(&entry->trouble, err->text);
        return false;
    }
    cf_replace(&entry->trouble, NULL);
    if (is_same(&source, &entry->source)) {
        cf_zone_destroy(zone);
        cf_replace(&entry->source.path, source.path);
        source_finish(&source);
        return false;
    }
    struct former *former = cf_alloc(sizeof *former);
    *former = (struct former){.next = formers, .zone = entry->zone};
    formers = former;
    source_finish(&entry->source);
    entry->zone = zone;
    entry->source = source;
    return true;
}

bool cf_zones_refresh(void (*tell)(void *data, const char *name, const struct cf_error *err), void *data)
{
    bool any = false;
    take_lock();
    for (struct entry *entry = cache; entry; entry = entry->next) {
        struct cf_error err = {.code = CF_OK};
        bool changed = refresh(entry, &err);
        if (changed || err.code != CF_OK)
            tell(data, entry->name, changed ? NULL : &err);
        any = any || changed;
    }
    uv_mutex_unlock(&lock);
    return any;
}

void cf_zones_folders(void (*tell)(void *data, const char *folder), void *data)
{
    const char *where;
    take_lock();
    for (size_t i = 0; (where = folder(i)); i++)
        tell(data, where);
    cf_folder_of_file(cf_zone_own_file(), tell, data);
    for (const struct entry *entry = cache; entry; entry = entry->next)
        if (entry->source.path)
            cf_folder_of_file(entry->source.path, tell, data);
    uv_mutex_unlock(&lock);
}

void cf_zones_release(void)
{
    while (cache) {
        struct entry *entry = cache;
        cache = entry->next;
        cf_zone_destroy(entry->zone);
        source_finish(&entry->source);
        free(entry->trouble);
        free(entry->name);
        free(entry);
    }
    while (formers) {
        struct former *former = formers;
        formers = former->next;
        cf_zone_destroy(former->zone);
        free(former);
    }
}
