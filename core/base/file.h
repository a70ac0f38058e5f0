/* Files by which nobody can hold the reader up: regular ones only, read whole up to a limited size. */
#ifndef CF_BASE_FILE_H
#define CF_BASE_FILE_H

#include "base/error.h"

#include <stdio.h>

/*
 * Reads a regular file of at most `most` bytes; what follows a link is meant. It is opened without waiting,
 * so that a FIFO or a device is refused, and does not hang. *ret_bytes ends in a NUL that is not counted, and
 * is the caller's to free. CF_UNAVAILABLE: there is none; CF_FAILED: it cannot be read, is not a regular
 * file, or is too large. The sentence names the file.
 */
int cf_file_read(const char *path, size_t most, char **ret_bytes, size_t *ret_size, struct cf_error *err);

/* The same of a file of our own: a link in its place is refused (CF_FAILED), not followed. */
int cf_file_read_own(const char *path, size_t most, char **ret_bytes, size_t *ret_size, struct cf_error *err);

/* Opens such a file for reading, as a stream, which the caller closes; NULL: it cannot be, and *err says why.
 */
FILE *cf_file_open(const char *path, struct cf_error *err);

#endif
