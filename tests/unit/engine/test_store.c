#include "../../fixture/folder.h"
#include "../unit.h"

#include "base/memory.h"
#include "engine/records/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[FOLDER_PATH];

static int set_up(void **state)
{
    folder_set_up(state);
    (void)strcpy(path, folder_path("store.json"));
    return 0;
}

static int tear_down(void **state)
{
    (void)remove(path);
    if (rmdir(folder_path("")) == 0)
        return 0;
    folder_tear_down(state);
    return -1; /* something else was left in it */
}

static void put(struct cf_store *store, const char *policy, const char *key, int value)
{
    struct cf_error err = {0};
    if (cf_store_put(store, policy, key, json_integer(value), &err) < 0)
        fail_msg("%s", err.text);
}

static json_int_t get(const struct cf_store *store, const char *policy, const char *key)
{
    const json_t *value = cf_store_get(store, policy, key);
    return value ? json_integer_value(value) : -1;
}

static struct cf_store *open_store(struct cf_loop **ret_loop)
{
    struct cf_store *store = NULL;
    struct cf_error err = {0};
    assert_int_equal(cf_loop_create_virtual((struct cf_instant){0}, 0, ret_loop, NULL), 0);
    if (cf_store_open(*ret_loop, path, &store, &err) < 0)
        fail_msg("%s", err.text);
    return store;
}

static void close_store(struct cf_store *store, struct cf_loop *loop)
{
    cf_store_destroy(store);
    cf_loop_run(loop);
    cf_loop_destroy(loop);
}

static void test_memory(void **state)
{
    (void)state;
    struct cf_store *store = cf_store_create();
    put(store, "a", "x", 1);
    put(store, "b", "x", 2);
    put(store, "a", "x", 3);
    assert_true(get(store, "a", "x") == 3 && get(store, "b", "x") == 2 && get(store, "c", "x") == -1);
    assert_int_equal(cf_store_put(store, "a", "x", NULL, NULL), 0);
    assert_int_equal(get(store, "a", "x"), -1);
    cf_store_destroy(store);
}

static void test_limits(void **state)
{
    (void)state;
    struct cf_store *store = cf_store_create();
    struct cf_error err = {0};
    char *text = cf_alloc(CF_STORE_VALUE + 1), key[CF_STORE_KEY + 2] = "";
    memset(text, 'x', CF_STORE_VALUE);
    memset(key, 'k', CF_STORE_KEY + 1);
    assert_int_equal(cf_store_put(store, "a", "x", json_string(text), &err), CF_REFUSED);
    assert_string_equal(err.text, "'x' would be larger than the 64 KiB that a value may have");
    assert_int_equal(cf_store_put(store, "a", key, json_true(), &err), CF_REFUSED);
    text[CF_STORE_VALUE - 2] = '\0'; /* the quotes */
    int count = 0;
    for (; count < 100; count++) {
        (void)snprintf(key, sizeof key, "%d", count);
        if (cf_store_put(store, "a", key, json_string(text), &err) < 0)
            break;
    }
    assert_int_equal(count, 15); /* of 64 KiB and a key each */
    assert_non_null(strstr(err.text, "more than the 1024 KiB that a policy may keep"));
    put(store, "b", "x", 1);
    for (int i = 0; i < 1000; i++) /* the same again and again is no more */
        assert_int_equal(cf_store_put(store, "a", "3", json_string(text), &err), 0);
    assert_int_equal(cf_store_put(store, "a", "3", NULL, &err), 0);
    assert_int_equal(cf_store_put(store, "a", "new", json_string(text), &err), 0);
    free(text);
    cf_store_destroy(store);
}

/* What is put is there again, whenever it was put: before a writing, during one, at the very end. */
static void test_file(void **state)
{
    (void)state;
    struct cf_loop *loop;
    for (int round = 0; round < 4; round++) {
        struct cf_store *store = open_store(&loop);
        assert_int_equal(get(store, "a", "first"), round ? round - 1 : -1);
        assert_int_equal(get(store, "b", "last"), round ? round - 1 : -1);
        put(store, "a", "first", round);
        if (round & 1)
            cf_loop_run(loop); /* the deadline has come; the worker is at it, or done */
        put(store, "a", "during", round);
        if (round & 2)
            cf_loop_run(loop);
        put(store, "b", "last", round);
        close_store(store, loop);
        store = open_store(&loop);
        assert_true(get(store, "a", "first") == round && get(store, "a", "during") == round &&
                    get(store, "b", "last") == round);
        close_store(store, loop);
    }
}

/* What is not a store of ours is left alone. */
static void test_broken(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "{",
                                        "[]",
                                        "{\"version\": 2, \"policies\": {}}",
                                        "{\"version\": 1}",
                                        "{\"version\": 1, \"policies\": {\"a\": 5}}"};
    struct cf_loop *loop;
    assert_int_equal(cf_loop_create_virtual((struct cf_instant){0}, 0, &loop, NULL), 0);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        (void)folder_write("store.json", texts[i]);
        struct cf_store *store = NULL;
        struct cf_error err = {0};
        assert_int_equal(cf_store_open(loop, path, &store, &err), CF_FAILED);
        assert_null(store);
        assert_non_null(strstr(err.text, "move it away to begin again"));
    }
    cf_loop_destroy(loop);
    (void)remove(path);
}

/* A file nested deeper than any policy could, which reading it into a script would have to descend. */
static void test_deep(void **state)
{
    (void)state;
    struct cf_loop *loop;
    struct cf_store *store;
    struct cf_error err = {0};
    assert_int_equal(cf_loop_create_virtual((struct cf_instant){0}, 0, &loop, NULL), 0);
    for (int depth = 1; depth < 100000; depth *= 3) {
        FILE *file = fopen(path, "w");
        (void)fprintf(file, "{\"version\": 1, \"policies\": {\"a\": {\"x\": ");
        for (int i = 0; i < depth; i++)
            (void)fputc('[', file);
        for (int i = 0; i < depth; i++)
            (void)fputc(']', file);
        (void)fprintf(file, "}}}");
        (void)fclose(file);
        int code = cf_store_open(loop, path, &store, &err);
        assert_int_equal(code, depth <= 16 ? CF_OK : CF_FAILED);
        if (code == CF_OK)
            cf_store_destroy(store);
        else
            assert_non_null(strstr(err.text, "move it away to begin again"));
    }
    (void)remove(path);
    cf_loop_run(loop);
    cf_loop_destroy(loop);
}

/* Links in the way of the file, and of the one that takes its place, lead nowhere. */
static void test_links(void **state)
{
    (void)state;
    struct cf_loop *loop;
    struct cf_store *store = NULL;
    struct cf_error err = {0};
    struct stat status;
    const char *fresh = folder_path("store.json.new");
    const char *victim = folder_write("victim", "{\"version\": 1, \"policies\": {\"a\": {\"x\": 7}}}");

    assert_int_equal(symlink("victim", path), 0);
    assert_int_equal(cf_loop_create_virtual((struct cf_instant){0}, 0, &loop, NULL), 0);
    assert_int_equal(cf_store_open(loop, path, &store, &err), CF_FAILED);
    assert_non_null(strstr(err.text, "is a link, which is not followed"));
    cf_loop_destroy(loop);
    assert_int_equal(remove(path), 0);

    assert_int_equal(symlink("victim", fresh), 0);
    store = open_store(&loop);
    put(store, "a", "x", 9);
    close_store(store, loop);
    assert_int_equal(lstat(path, &status), 0);
    assert_true(S_ISREG(status.st_mode) && (status.st_mode & 0777) == 0600);
    assert_int_equal(lstat(fresh, &status), -1);
    store = open_store(&loop);
    assert_int_equal(get(store, "a", "x"), 9);
    close_store(store, loop);
    json_t *kept = json_load_file(victim, 0, NULL);
    assert_int_equal(
        json_integer_value(json_object_get(json_object_get(json_object_get(kept, "policies"), "a"), "x")), 7);
    json_decref(kept);
    assert_int_equal(remove(victim), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory), cmocka_unit_test(test_limits), cmocka_unit_test(test_file),
        cmocka_unit_test(test_broken), cmocka_unit_test(test_deep),   cmocka_unit_test(test_links),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
