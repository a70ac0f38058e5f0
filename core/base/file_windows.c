#include "base/file_open.h"
#include "base/wide_windows.h"

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <windows.h>

static bool is_link(const wchar_t *path)
{
    DWORD attributes = GetFileAttributesW(path);
    return attributes != INVALID_FILE_ATTRIBUTES && attributes & FILE_ATTRIBUTE_REPARSE_POINT;
}

int cf_file_descriptor(const char *path, bool own)
{
    wchar_t *wide = cf_wide(path);
    int fd = -1;
    if (own && is_link(wide))
        errno = ELOOP;
    else
        fd = _wopen(wide, _O_RDONLY | _O_BINARY | _O_NOINHERIT);
    free(wide);
    return fd;
}

/* "x", which Microsoft's does not know, is a new file or none. */
FILE *cf_file_stream(const char *path, const char *mode)
{
    wchar_t *wide = cf_wide(path), *how = cf_wide(mode), *new = wcschr(how, L'x');
    FILE *file = NULL;
    int fd = new ? _wopen(wide, _O_WRONLY | _O_CREAT | _O_EXCL | _O_BINARY, _S_IREAD | _S_IWRITE) : -1;
    if (!new)
        file = _wfopen(wide, how);
    else if (fd >= 0)
        file = _fdopen(fd, "wb");
    free(wide);
    free(how);
    return file;
}
