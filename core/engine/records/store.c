#include "engine/records/store.h"

#include "base/memory.h"
#include "engine/records/store_file.h"

#include <stdlib.h>
#include <string.h>

/* What one policy keeps. */
struct namespace
{
    char *policy;
    json_t *values; /* by key */
    size_t bytes;   /* of keys and values */
    size_t memory;  /* that these take */
};

struct cf_store {
    struct namespace *namespaces;
    size_t count;
    struct cf_store_file *file; /* NULL: in memory */
};

static struct namespace *find_namespace(const struct cf_store *store, const char *policy)
{
    for (size_t i = 0; i < store->count; i++)
        if (strcmp(store->namespaces[i].policy, policy) == 0)
            return &store->namespaces[i];
    return NULL;
}

static size_t size_of(const char *key, const json_t *value)
{
    return value ? strlen(key) + json_dumpb(value, NULL, 0, JSON_COMPACT | JSON_ENCODE_ANY) : 0;
}

/* The library's records, hash tables and spare room: more than what it takes, by what version 2.14 does. */
size_t cf_json_memory(const json_t *value)
{
    enum { VALUE = 64, ITEM = 32, PAIR = 112, TABLE = 256 };
    size_t size = VALUE, i;
    const char *key;
    json_t *item;
    if (json_is_object(value)) {
        size += TABLE;
        json_object_foreach((json_t *)(uintptr_t)value, key, item) size +=
            PAIR + strlen(key) + cf_json_memory(item);
    } else if (json_is_array(value)) {
        size += TABLE;
        json_array_foreach(value, i, item) size += ITEM + cf_json_memory(item);
    } else if (json_is_string(value)) {
        size += json_string_length(value) + ITEM;
    }
    return size;
}

static size_t memory_of(const struct namespace *space, const char *key)
{
    const json_t *value = json_object_get(space->values, key);
    return value ? 2 * strlen(key) + cf_json_memory(value) : 0;
}

size_t cf_store_memory(const struct cf_store *store, const char *policy)
{
    const struct namespace *space = find_namespace(store, policy);
    return space ? space->memory : 0;
}

static struct namespace *add_namespace(struct cf_store *store, const char *policy, json_t *values)
{
    store->namespaces = cf_grow(store->namespaces, store->count, sizeof *store->namespaces);
    struct namespace *space = &store->namespaces[store->count++];
    *space = (struct namespace){.policy = cf_strdup(policy), .values = values};
    const char *key;
    json_t *value;
    json_object_foreach(values, key, value)
    {
        space->bytes += size_of(key, value);
        space->memory += memory_of(space, key);
    }
    return space;
}

const json_t *cf_store_get(const struct cf_store *store, const char *policy, const char *key)
{
    const struct namespace *space = find_namespace(store, policy);
    return space ? json_object_get(space->values, key) : NULL;
}

static int check(const char *key, size_t size, size_t all, struct cf_error *err)
{
    if (strlen(key) > CF_STORE_KEY)
        return cf_error_set(err, CF_REFUSED, "a key has %d bytes at most", CF_STORE_KEY);
    if (size - strlen(key) > CF_STORE_VALUE)
        return cf_error_set(err, CF_REFUSED, "'%s' would be larger than the %d KiB that a value may have",
                            key, CF_STORE_VALUE >> 10);
    if (all > CF_STORE_POLICY)
        return cf_error_set(err, CF_REFUSED,
                            "with '%s' there would be more than the %d KiB that a policy may keep", key,
                            CF_STORE_POLICY >> 10);
    return 0;
}

int cf_store_put(struct cf_store *store, const char *policy, const char *key, json_t *value,
                 struct cf_error *err)
{
    struct namespace *space = find_namespace(store, policy);
    if (!space)
        space = add_namespace(store, policy, json_object());
    size_t size = size_of(key, value);
    size_t all = space->bytes + size - size_of(key, json_object_get(space->values, key));
    size_t memory = space->memory - memory_of(space, key);
    int code = value ? check(key, size, all, err) : 0;
    if (code == 0 && value && json_object_set(space->values, key, value) != 0)
        code = cf_error_set(err, CF_REFUSED, "a key must be text in UTF-8");
    json_decref(value);
    if (code < 0)
        return code;
    if (!value)
        (void)json_object_del(space->values, key);
    space->bytes = all;
    space->memory = memory + memory_of(space, key);
    if (store->file)
        cf_store_file_changed(store->file);
    return 0;
}

/* ---- Life ---- */

struct cf_store *cf_store_create(void)
{
    return cf_alloc(sizeof(struct cf_store));
}

static json_t *content(void *data)
{
    const struct cf_store *store = data;
    json_t *policies = json_object();
    for (size_t i = 0; i < store->count; i++)
        json_object_set(policies, store->namespaces[i].policy, store->namespaces[i].values);
    return policies;
}

int cf_store_open(struct cf_loop *loop, const char *path, struct cf_store **ret_store, struct cf_error *err)
{
    json_t *policies = NULL, *values;
    int code = cf_store_file_read(path, &policies, err);
    if (code < 0)
        return code;
    struct cf_store *store = cf_store_create();
    const char *policy;
    json_object_foreach(policies, policy, values) add_namespace(store, policy, json_incref(values));
    json_decref(policies);
    store->file = cf_store_file_create(loop, path, content, store);
    *ret_store = store;
    return 0;
}

void cf_store_destroy(struct cf_store *store)
{
    if (!store)
        return;
    cf_store_file_destroy(store->file);
    for (size_t i = 0; i < store->count; i++) {
        free(store->namespaces[i].policy);
        json_decref(store->namespaces[i].values);
    }
    free(store->namespaces);
    free(store);
}
