/* How the system opens files: what differs between Unix and Windows. */
#ifndef CF_BASE_FILE_OPEN_H
#define CF_BASE_FILE_OPEN_H

#include <stdbool.h>
#include <stdio.h>

/*
 * Opens what is at `path` for reading, without waiting for anybody. `own`: a link is not followed (errno is
 * ELOOP). A descriptor, which the caller closes, or -1 and errno.
 */
int cf_file_descriptor(const char *path, bool own);

/* fopen, by a name in UTF-8 everywhere; `mode` as there. */
FILE *cf_file_stream(const char *path, const char *mode);

#endif
