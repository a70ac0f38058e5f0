#include "logind/sockets.h"

#include "base/memory.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LISTENS UINT32_C(0x10000) /* of Flags: __SO_ACCEPTCON */

enum { CONNECTED = 3 /* of St: SS_CONNECTED */, LINE = 256 };
enum { TCP_CONNECTED = 1 /* of st: TCP_ESTABLISHED */, TCP_LISTENS = 10 /* TCP_LISTEN */ };

/* A list of the kernel's, as it is for that process. NULL: it cannot be read. */
static FILE *open_list(int64_t process, const char *name)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%" PRId64 "/net/%s", process, name);
    return fopen(path, "re");
}

/* ---- By name ---- */

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
    char line[LINE];
    cf_sockets_finish(sockets);
    FILE *file = open_list(process, "unix");
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

/* ---- By who has them open ---- */

/* Addresses are words of the machine's own order, in hexadecimal. Loopback is no address of anybody's. */
static void read_address(const char *text, char ret_from[CF_SOCKET_FROM])
{
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
    uint32_t words[4] = {0};
    const unsigned char *bytes = (const unsigned char *)words;
    bool four = strlen(text) == 8;
    ret_from[0] = '\0';
    for (size_t i = 0; i < (four ? 1 : 4); i++)
        if (sscanf(text + i * 8, "%8" SCNx32, &words[i]) != 1)
            return;
    if (!four && memcmp(bytes, mapped, sizeof mapped) == 0) {
        four = true;
        bytes += sizeof mapped;
    }
    if (four ? bytes[0] != 127 : !IN6_IS_ADDR_LOOPBACK((const struct in6_addr *)(const void *)bytes))
        (void)inet_ntop(four ? AF_INET : AF_INET6, bytes, ret_from, CF_SOCKET_FROM);
}

/* "sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode" */
static bool read_tcp(const char *line, struct cf_socket_end *end)
{
    unsigned state;
    char address[33];
    if (sscanf(line, " %*d: %*[0-9A-F]:%*x %32[0-9A-F]:%*x %x %*x:%*x %*x:%*x %*x %*u %*d %" SCNu64, address,
               &state, &end->inode) != 3)
        return false;
    end->listens = state == TCP_LISTENS;
    end->connected = state == TCP_CONNECTED;
    read_address(address, end->from);
    return end->inode && (end->listens || end->connected);
}

static bool read_unix(const char *line, struct cf_socket_end *end)
{
    struct cf_socket socket;
    if (!read_line(line, "", &socket) || strstr(socket.path, "/.X11-unix/"))
        return false;
    *end = (struct cf_socket_end){
        .inode = socket.inode, .listens = socket.listens, .connected = socket.connected};
    return end->listens || end->connected;
}

typedef bool read_end(const char *line, struct cf_socket_end *end);

static bool add_ends(struct cf_socket_ends *ends, FILE *file, read_end *read)
{
    char line[LINE];
    struct cf_socket_end end;
    while (file && ends->count < CF_SOCKET_ENDS_MOST && fgets(line, sizeof line, file))
        if (read(line, &end)) {
            ends->list = cf_grow(ends->list, ends->count, sizeof *ends->list);
            ends->list[ends->count++] = end;
        }
    bool whole = file && !ferror(file) && ends->count < CF_SOCKET_ENDS_MOST;
    if (file)
        (void)fclose(file);
    return whole;
}

static int compare_inodes(const void *a, const void *b)
{
    const struct cf_socket_end *first = a, *second = b;
    return (first->inode > second->inode) - (first->inode < second->inode);
}

bool cf_socket_ends_read(struct cf_socket_ends *ends, int64_t process)
{
    cf_socket_ends_finish(ends);
    FILE *six = open_list(process, "tcp6"); /* not there where the kernel has no IPv6 */
    bool whole = add_ends(ends, open_list(process, "unix"), read_unix) &&
                 add_ends(ends, open_list(process, "tcp"), read_tcp);
    whole = (!six || add_ends(ends, six, read_tcp)) && whole;
    if (!whole)
        cf_socket_ends_finish(ends);
    else if (ends->count)
        qsort(ends->list, ends->count, sizeof *ends->list, compare_inodes);
    return whole;
}

void cf_socket_ends_finish(struct cf_socket_ends *ends)
{
    free(ends->list);
    *ends = (struct cf_socket_ends){0};
}

static const struct cf_socket_end *end_at(const struct cf_socket_ends *ends, int folder, const char *name)
{
    char text[64];
    struct cf_socket_end key = {0};
    ssize_t length = readlinkat(folder, name, text, sizeof text - 1);
    text[length > 0 ? length : 0] = '\0';
    return ends->count && sscanf(text, "socket:[%" SCNu64 "]", &key.inode) == 1
               ? bsearch(&key, ends->list, ends->count, sizeof key, compare_inodes)
               : NULL;
}

bool cf_socket_ends_of(const struct cf_socket_ends *ends, int64_t process, struct cf_socket_end *ret_open)
{
    char path[64];
    struct cf_socket_end open_here = {0};
    (void)snprintf(path, sizeof path, "/proc/%" PRId64 "/fd", process);
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        const struct cf_socket_end *end = end_at(ends, dirfd(folder), entry->d_name);
        if (!end)
            continue;
        open_here.listens |= end->listens;
        open_here.connected |= end->connected;
        if (end->connected && end->from[0])
            memcpy(open_here.from, end->from, sizeof open_here.from);
    }
    if (!folder)
        return false;
    (void)closedir(folder);
    *ret_open = open_here;
    return true;
}
