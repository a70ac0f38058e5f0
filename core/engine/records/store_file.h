/* The file behind a store: read at once, written by a worker thread, never left half written. */
#ifndef CF_ENGINE_STORE_FILE_H
#define CF_ENGINE_STORE_FILE_H

#include "base/error.h"
#include "time/loop.h"

#include <jansson.h>

#define CF_STORE_DELAY                                                                                       \
    CF_SECOND /* from a change to its writing, so that what comes together is written once */
#define CF_STORE_RETRY CF_MINUTE /* after a writing that failed */

enum {
    CF_STORE_VERSION = 1,
    CF_STORE_DEPTH =
        20, /* of values in values; a policy's tables are 16 deep at most, and a time is one more */
    CF_STORE_FILE = 256 << 20, /* bytes of the file */
};

struct cf_store_file;

/* An object of objects by policy; an empty one where there is no file. CF_FAILED. */
int cf_store_file_read(const char *path, json_t **ret_policies, struct cf_error *err);

/* `content`: what to write, a new reference; called on the loop's thread. */
struct cf_store_file *cf_store_file_create(struct cf_loop *loop, const char *path,
                                           json_t *(*content)(void *data), void *data);

void cf_store_file_changed(struct cf_store_file *file);

/* Writes what is not written yet. A writing under way ends while the loop runs. NULL is fine. */
void cf_store_file_destroy(struct cf_store_file *file);

#endif
