/* The zones handed out: found by name in the folders of the host, read once, shared. */
#include "base/memory.h"
#include "base/text.h"
#include "time/zone_data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_SIZE = 128, PATH_SIZE = 1024 };

static struct shelf {
    struct shelf *next;
    char *name; /* as asked for */
    struct cf_zone *zone;
} * shelves;

/* Reads a whole file, if it is one and not too large. The caller frees the result. */
static uint8_t *read_whole(const char *path, size_t *ret_size)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    uint8_t *bytes = cf_alloc(CF_ZONE_FILE_SIZE);
    size_t size = fread(bytes, 1, CF_ZONE_FILE_SIZE, file);
    bool whole = !ferror(file) && size < CF_ZONE_FILE_SIZE;
    (void)fclose(file);
    if (whole) {
        *ret_size = size;
        return bytes;
    }
    free(bytes);
    return NULL;
}

/* CF_UNAVAILABLE: there is no such file. */
static int read_zone(const char *name, const char *path, struct cf_zone **ret_zone, struct cf_error *err)
{
    size_t size;
    uint8_t *bytes = read_whole(path, &size);
    if (!bytes)
        return CF_UNAVAILABLE;
    int code = cf_zone_parse(name, bytes, size, ret_zone, err);
    free(bytes);
    return code;
}

/* Names of the IANA database are letters, digits, "_", "+", "-" and "/"; without dots none leaves the folder.
 */
static bool is_plain(const char *name)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
    size_t length = strlen(name);
    return length > 0 && length < NAME_SIZE && name[0] != '/' && strspn(name, allowed) == length;
}

static int find_zone(const char *name, struct cf_zone **ret_zone, struct cf_error *err)
{
    const char *const folders[] = {getenv("TZDIR"), "/usr/share/zoneinfo"};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        char path[PATH_SIZE];
        if (!folders[i] || snprintf(path, sizeof path, "%s/%s", folders[i], name) >= (int)sizeof path)
            continue;
        int code = read_zone(name, path, ret_zone, err);
        if (code != CF_UNAVAILABLE)
            return code;
    }
    return CF_UNAVAILABLE;
}

/* What $TZ may hold (POSIX, 8.3): a zone's name or path, with or without a colon, or a rule. */
static int zone_of_environment(const char *tz, struct cf_zone **ret_zone, struct cf_error *err)
{
    const char *value = tz[0] == ':' ? tz + 1 : tz;
    int code = CF_UNAVAILABLE;
    if (value[0] == '/')
        code = read_zone("local", value, ret_zone, err);
    else if (is_plain(value))
        code = find_zone(value, ret_zone, err);
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

/* NULL in *ret_zone: UTC. */
static int load_local(struct cf_zone **ret_zone, struct cf_error *err)
{
    const char *tz = getenv("TZ");
    if (tz && tz[0])
        return zone_of_environment(tz, ret_zone, err);
    int code = tz ? CF_UNAVAILABLE : read_zone("local", "/etc/localtime", ret_zone, err);
    return code == CF_UNAVAILABLE ? CF_OK : code;
}

static int load_named(const char *name, struct cf_zone **ret_zone, struct cf_error *err)
{
    int code = is_plain(name) ? find_zone(name, ret_zone, err) : CF_UNAVAILABLE;
    if (code != CF_UNAVAILABLE)
        return code;
    return cf_error_set(
        err, CF_USAGE,
        "there is no time zone \"%.80s\"; write for instance \"Europe/Berlin\" or \"UTC\" (zones "
        "are looked for in $TZDIR and /usr/share/zoneinfo)",
        name);
}

int cf_zone_get(const char *name, const struct cf_zone **ret_zone, struct cf_error *err)
{
    bool local = !name || strcmp(name, "local") == 0;
    if (!local && strcmp(name, "UTC") == 0) {
        *ret_zone = cf_zone_utc();
        return CF_OK;
    }
    for (const struct shelf *shelf = shelves; shelf; shelf = shelf->next) {
        if (cf_text_equal(shelf->name, local ? "local" : name)) {
            *ret_zone = shelf->zone;
            return CF_OK;
        }
    }
    struct cf_zone *zone = NULL;
    int code = local ? load_local(&zone, err) : load_named(name, &zone, err);
    if (code < 0)
        return code;
    if (!zone) {
        *ret_zone = cf_zone_utc();
        return CF_OK;
    }
    struct shelf *shelf = cf_alloc(sizeof *shelf);
    *shelf = (struct shelf){.next = shelves, .name = cf_strdup(local ? "local" : name), .zone = zone};
    shelves = shelf;
    *ret_zone = zone;
    return CF_OK;
}

void cf_zones_release(void)
{
    while (shelves) {
        struct shelf *shelf = shelves;
        shelves = shelf->next;
        cf_zone_destroy(shelf->zone);
        free(shelf->name);
        free(shelf);
    }
}
