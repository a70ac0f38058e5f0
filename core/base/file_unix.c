#include "base/file_open.h"

#include <fcntl.h>

int cf_file_descriptor(const char *path, bool own)
{
    return open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | (own ? O_NOFOLLOW : 0));
}

FILE *cf_file_stream(const char *path, const char *mode)
{
    return fopen(path, mode);
}
