#include "base/file.h"

#include "base/file_open.h"
#include "base/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 1 << 20 };

/* A descriptor, or a negative code. */
static int open_regular(const char *path, bool own, struct stat *ret_status, struct cf_error *err)
{
    int fd = cf_file_descriptor(path, own), code;
    if (fd < 0 && errno == ELOOP && own)
        return cf_error_set(err, CF_FAILED, "%s: is a link, which is not followed; remove it", path);
    if (fd < 0)
        return cf_error_set(err, errno == ENOENT || errno == ENOTDIR ? CF_UNAVAILABLE : CF_FAILED,
                            "%s: cannot be read: %s", path, strerror(errno));
    if (fstat(fd, ret_status) != 0)
        code = cf_error_set(err, CF_FAILED, "%s: cannot be read: %s", path, strerror(errno));
    else if (!S_ISREG(ret_status->st_mode))
        code = cf_error_set(err, CF_FAILED, "%s: is not a regular file", path);
    else
        return fd;
    (void)close(fd);
    return code;
}

static int read_open(int fd, off_t expected, const char *path, size_t most, char **ret_bytes,
                     size_t *ret_size, struct cf_error *err)
{
    size_t room = expected > 0 && (size_t)expected < most ? (size_t)expected : most, size = 0;
    char *bytes = cf_alloc(room + 2);
    while (size <= room) {
        size_t left = room + 1 - size;
        ssize_t got = read(fd, bytes + size, left < PIECE ? (unsigned)left : PIECE);
        if (got == 0)
            break;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            free(bytes);
            return cf_error_set(err, CF_FAILED, "%s: cannot be read: %s", path, strerror(errno));
        }
        size += (size_t)got;
        if (size > room && room < most) { /* it has grown */
            room = most;
            bytes = cf_resize(bytes, room + 2);
        }
    }
    if (size > most) {
        free(bytes);
        return cf_error_set(err, CF_FAILED, "%s: is larger than %zu bytes", path, most);
    }
    bytes[size] = '\0';
    *ret_bytes = bytes;
    *ret_size = size;
    return CF_OK;
}

static int read_by(bool own, const char *path, size_t most, char **ret_bytes, size_t *ret_size,
                   struct cf_error *err)
{
    struct stat status = {0};
    int fd = open_regular(path, own, &status, err);
    if (fd < 0)
        return fd;
    int code = read_open(fd, status.st_size, path, most, ret_bytes, ret_size, err);
    (void)close(fd);
    return code;
}

int cf_file_read(const char *path, size_t most, char **ret_bytes, size_t *ret_size, struct cf_error *err)
{
    return read_by(false, path, most, ret_bytes, ret_size, err);
}

int cf_file_read_own(const char *path, size_t most, char **ret_bytes, size_t *ret_size, struct cf_error *err)
{
    return read_by(true, path, most, ret_bytes, ret_size, err);
}

FILE *cf_file_open(const char *path, struct cf_error *err)
{
    struct stat status;
    int fd = open_regular(path, false, &status, err);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "rb");
    if (fd >= 0 && !file) {
        (void)cf_error_set(err, CF_FAILED, "%s: cannot be read: %s", path, strerror(errno));
        (void)close(fd);
    }
    return file;
}
