/*
 * What policies keep: a file that anybody may have written is refused, or is a store that takes values within
 * its limits and is written; what is read from that file then is what was kept.
 */
#include "engine/records/store.h"
#include "engine/records/store_file.h"
#include "fuzz.h"

#include <math.h>

enum { KEYS = 8 };

static char path[64];

static void remove_file(void)
{
    (void)unlink(path);
    *strrchr(path, '/') = '\0';
    (void)rmdir(path);
}

static void write_file(const uint8_t *data, size_t size)
{
    if (!path[0]) {
        (void)snprintf(path, sizeof path, "%s/cf-store-XXXXXX",
                       access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
        fuzz_check(mkdtemp(path));
        (void)strcat(path, "/store");
        (void)atexit(remove_file);
    }
    (void)unlink(path);
    FILE *file = fopen(path, "wb");
    fuzz_check(file && fwrite(data, 1, size, file) == size && fclose(file) == 0);
}

/* The first lines of the input. */
struct pieces {
    char *text, *rest;
    int count;
};

static const char *next_piece(struct pieces *pieces)
{
    if (pieces->count == 0)
        pieces->rest = pieces->text;
    return pieces->count++ < KEYS ? strsep(&pieces->rest, "\n") : NULL;
}

static void want(json_t *wanted, const struct cf_store *store, const char *key)
{
    json_t *value = (json_t *)(uintptr_t)cf_store_get(store, "idle", key);
    if (value)
        fuzz_check(json_object_set(wanted, key, value) == 0);
}

/* Made of the first bytes of the text. */
static json_int_t integer_of(const char *text)
{
    char bytes[sizeof(json_int_t)] = {0};
    json_int_t integer;
    memcpy(bytes, text, strnlen(text, sizeof bytes));
    memcpy(&integer, bytes, sizeof integer);
    return integer;
}

static double real_of(const char *text)
{
    json_int_t bits = integer_of(text);
    double real;
    memcpy(&real, &bits, sizeof real);
    return isfinite(real) ? real : 0.1;
}

/* The input's pieces are kept under one another's names, as texts and in a list with numbers. */
static void put(struct cf_store *store, const uint8_t *data, size_t size)
{
    struct pieces pieces = {.text = fuzz_text(data, size)};
    const char *key;
    for (int i = 0; (key = next_piece(&pieces)); i++) {
        struct cf_error err = {0};
        json_t *value = json_string(key),
               *kept = i % 2 && value ? json_pack("[O, I, f]", value, integer_of(key), real_of(key))
                                      : json_incref(value);
        int code = value ? cf_store_put(store, "idle", key, json_incref(kept), &err) : CF_OK;
        fuzz_check(code == CF_OK || (code == CF_REFUSED && err.text[0]));
        fuzz_check(!value || code != CF_OK || json_equal(cf_store_get(store, "idle", key), kept));
        fuzz_check(!value || code != CF_OK || strlen(key) <= CF_STORE_KEY);
        json_decref(kept);
        json_decref(value);
    }
    free(pieces.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cf_loop *loop;
    struct cf_store *store;
    struct cf_error err = {0};
    json_t *before = NULL, *after = NULL;
    write_file(data, size);
    fuzz_check(cf_loop_create_virtual((struct cf_instant){0}, 0, &loop, &err) == CF_OK);
    int code = cf_store_open(loop, path, &store, &err);
    fuzz_check(code == CF_OK || (code == CF_FAILED && err.text[0]));
    if (code != CF_OK) { /* and goes on in an empty file's place */
        (void)unlink(path);
        fuzz_check(cf_store_open(loop, path, &store, &err) == CF_OK);
    }
    fuzz_check(cf_store_file_read(path, &before, &err) == CF_OK);
    put(store, data, size);
    json_t *wanted = json_object(), *values;
    const char *key;
    json_object_foreach(json_object_get(before, "idle"), key, values) want(wanted, store, key);
    struct pieces pieces = {.text = fuzz_text(data, size)};
    for (const char *piece; (piece = next_piece(&pieces));)
        want(wanted, store, piece);
    free(pieces.text);
    cf_store_destroy(store); /* which writes what is new */
    cf_loop_run(loop);
    cf_loop_destroy(loop);
    fuzz_check(cf_store_file_read(path, &after, &err) == CF_OK);
    const json_t *kept = json_object_get(after, "idle");
    json_object_foreach(wanted, key, values) fuzz_check(json_equal(json_object_get(kept, key), values));
    fuzz_check(json_object_size(kept) == json_object_size(wanted)); /* and nothing else */
    json_object_foreach(before, key, values)
        fuzz_check(strcmp(key, "idle") == 0 || json_equal(json_object_get(after, key), values));
    json_decref(wanted);
    json_decref(before);
    json_decref(after);
    return 0;
}
