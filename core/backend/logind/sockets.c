#include "logind/sockets.h"

#include "base/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LISTENS UINT32_C(0x10000) /* of Flags: __SO_ACCEPTCON */

enum { CONNECTED = 3 /* of St: SS_CONNECTED */, LINE = 256 };

/* "Num RefCount Protocol Flags Type St Inode Path" */
static bool read_line(const char *line, const char *part, struct cf_socket *socket)
{
    uint32_t flags;
    unsigned state;
    int at = 0;
    if (!strstr(line, part) ||
        sscanf(line, "%*[0-9a-fA-F]: %*x %*x %" SCNx32 " %*x %x %" SCNu64 " %n", &flags, &state,
               &socket->inode, &at) != 3 ||
        at == 0)
        return false;
    size_t length = strcspn(line + at, "\n");
    if (length == 0 || length >= sizeof socket->path)
        return false;
    memcpy(socket->path, line + at, length);
    socket->path[length] = '\0';
    socket->listens = flags & LISTENS;
    socket->connected = state == CONNECTED;
    return true;
}

void cf_sockets_read(struct cf_sockets *sockets, int64_t process, const char *part)
{
    char path[64], line[LINE];
    cf_sockets_finish(sockets);
    (void)snprintf(path, sizeof path, "/proc/%" PRId64 "/net/unix", process);
    FILE *file = fopen(path, "re");
    while (file && sockets->count < CF_SOCKETS_MOST && fgets(line, sizeof line, file)) {
        struct cf_socket socket;
        if (!read_line(line, part, &socket))
            continue;
        sockets->list = cf_grow(sockets->list, sockets->count, sizeof *sockets->list);
        sockets->list[sockets->count++] = socket;
    }
    if (!file || ferror(file) || sockets->count == CF_SOCKETS_MOST)
        cf_sockets_finish(sockets);
    if (file)
        (void)fclose(file);
}

void cf_sockets_finish(struct cf_sockets *sockets)
{
    free(sockets->list);
    *sockets = (struct cf_sockets){0};
}

uint64_t cf_sockets_listening(const struct cf_sockets *sockets, const char *path)
{
    for (size_t i = 0; i < sockets->count; i++)
        if (sockets->list[i].listens && strcmp(sockets->list[i].path, path) == 0)
            return sockets->list[i].inode;
    return 0;
}

bool cf_sockets_connected(const struct cf_sockets *sockets, const char *path)
{
    for (size_t i = 0; i < sockets->count; i++)
        if (sockets->list[i].connected && strcmp(sockets->list[i].path, path) == 0)
            return true;
    return false;
}
