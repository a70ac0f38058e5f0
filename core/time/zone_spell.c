/* Names of zones in another case of letters, found in the folders of the host. */
#include "time/zone.h"
#include "time/zone_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <uv.h>

enum { PATH_SIZE = 1024 };

/* The entry of `folder` that is called so, in any case; false: none. */
static bool find_entry(const char *folder, const char *name, size_t length, char *out)
{
    uv_fs_t request;
    uv_dirent_t entry;
    bool found = false;
    if (uv_fs_scandir(NULL, &request, folder, 0, NULL) >= 0)
        while (!found && uv_fs_scandir_next(&request, &entry) != UV_EOF) {
            found = strlen(entry.name) == length && strncasecmp(entry.name, name, length) == 0;
            if (found)
                memcpy(out, entry.name, length);
        }
    uv_fs_req_cleanup(&request);
    return found;
}

/* Below `root`, part by part. */
static bool spell_below(const char *root, const char *name, char out[CF_ZONE_NAME])
{
    char folder[PATH_SIZE];
    size_t done = 0;
    for (;;) {
        size_t length = strcspn(name + done, "/");
        int used = snprintf(folder, sizeof folder, "%s/%.*s", root, (int)done, out);
        if (!length || used >= (int)sizeof folder || !find_entry(folder, name + done, length, out + done))
            return false;
        done += length;
        out[done] = name[done];
        if (!name[done++])
            return true;
    }
}

bool cf_zone_spell(const char *name, char out[CF_ZONE_NAME])
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
    const char *const roots[] = {getenv("TZDIR"), cf_zone_folder()};
    size_t length = strlen(name);
    if (length >= CF_ZONE_NAME || strspn(name, allowed) != length)
        return false;
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
        if (roots[i] && spell_below(roots[i], name, out))
            return true;
    return false;
}
