#include "desktop/leftover.h"

#include "base/memory.h"
#include "base/text.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *cf_leftover_path(const char *session)
{
    const char *folder = getenv("XDG_RUNTIME_DIR");
    struct cf_buffer path = {0};
    if (!folder || !session[0] || strchr(session, '/'))
        return NULL;
    cf_buffer_printf(&path, "%s/curfew-agent.%s", folder, session);
    return path.data;
}

void cf_leftover_note(const char *path, const struct cf_leftover *shown)
{
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
    if (fd < 0)
        return;
    (void)dprintf(fd, "%s %" PRIu32 "\n", shown->owner, shown->number);
    (void)close(fd);
}

void cf_leftover_forget(const char *path)
{
    if (path)
        (void)unlink(path);
}

bool cf_leftover_find(const char *path, struct cf_leftover *ret_left)
{
    char text[CF_LEFTOVER_OWNER + 16];
    struct cf_leftover left;
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) : -1;
    ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0)
        (void)close(fd);
    if (length <= 0)
        return false;
    text[length] = '\0';
    bool found = sscanf(text, ":%62[0-9.] %" SCNu32, left.owner + 1, &left.number) == 2;
    left.owner[0] = ':';
    if (found)
        *ret_left = left;
    return found;
}
