/*
 * What policies keep: values of their own, by policy and key, which outlive reloads, and restarts where there
 * is a file.
 */
#ifndef CF_ENGINE_STORE_H
#define CF_ENGINE_STORE_H

#include "base/error.h"
#include "time/loop.h"

#include <jansson.h>

enum {
    CF_STORE_KEY = 256,        /* bytes of a key */
    CF_STORE_VALUE = 64 << 10, /* bytes of a value, as JSON */
    CF_STORE_POLICY = 1 << 20, /* bytes of all keys and values of a policy */
};

struct cf_store;

/* An empty store in memory. */
struct cf_store *cf_store_create(void);

/*
 * A store that rests on the file at `path`, which need not exist yet. Changes are written by a worker thread
 * of the loop, as many at once as there are, to a new file that takes the old one's place when it is on disk.
 * CF_FAILED where the file cannot be read or is none of ours.
 */
int cf_store_open(struct cf_loop *loop, const char *path, struct cf_store **ret_store, struct cf_error *err);

/* What is not on disk yet is written first. NULL is fine. Run the loop afterwards. */
void cf_store_destroy(struct cf_store *store);

/* Borrowed until the next put; NULL where nothing is kept. */
const json_t *cf_store_get(const struct cf_store *store, const char *policy, const char *key);

/* Keeps `value`, of which a reference is taken over in any case; NULL forgets the key. CF_REFUSED beyond a
 * limit. */
int cf_store_put(struct cf_store *store, const char *policy, const char *key, json_t *value,
                 struct cf_error *err);

size_t cf_store_memory(const struct cf_store *store,
                       const char *policy); /* bytes that a policy's values take */
size_t cf_json_memory(const json_t *value); /* the same of one value */

#endif
