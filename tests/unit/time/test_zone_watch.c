/* The host's zone is set, and tzdata upgraded, under a running program's feet; and what is no zone at all. */
#include "../../fixture/folder.h"
#include "../unit.h"

#include "time/folder_watch.h"
#include "time/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define JULY INT64_C(1782864000) /* 2026 */

static char text[4096];

/* As a package manager does it: beside its place first. */
static void install(const char *from, const char *to)
{
    char bytes[65536], source[128];
    (void)snprintf(source, sizeof source, "/usr/share/zoneinfo/%s", from);
    FILE *in = fopen(source, "rb"), *out = fopen(folder_path("new"), "wb");
    assert_non_null(in);
    assert_non_null(out);
    size_t size = fread(bytes, 1, sizeof bytes, in);
    assert_int_equal(fwrite(bytes, 1, size, out), size);
    (void)fclose(in);
    (void)fclose(out);
    assert_int_equal(rename(folder_path("new"), folder_path(to)), 0);
}

static void link_to(const char *target, const char *name)
{
    assert_int_equal(symlink(target, folder_path("new")), 0);
    assert_int_equal(rename(folder_path("new"), folder_path(name)), 0);
}

static int set_up(void **state)
{
    folder_set_up(state);
    assert_int_equal(mkdir(folder_path("etc"), 0755), 0);
    assert_int_equal(mkdir(folder_path("zones"), 0755), 0);
    assert_int_equal(mkdir(folder_path("zones/Here"), 0755), 0);
    install("Europe/Berlin", "zones/Here/Town");
    install("Asia/Tokyo", "zones/There");
    link_to("../zones/Here/Town", "etc/localtime");
    setenv("TZDIR", folder_path("zones"), 1);
    setenv("TZ", folder_path("etc/localtime"), 1);
    text[0] = '\0';
    return 0;
}

static int tear_down(void **state)
{
    cf_zones_release();
    unsetenv("TZDIR");
    unsetenv("TZ");
    return folder_tear_down(state);
}

static const struct cf_zone *zone(const char *name)
{
    const struct cf_zone *zone = NULL;
    struct cf_error err;
    if (cf_zone_get(name, &zone, &err) != CF_OK)
        fail_msg("%s", err.text);
    return zone;
}

static int hours(const char *name)
{
    return cf_zone_offset(zone(name), JULY, NULL) / 3600;
}

static void note(void *data, const char *name, const struct cf_error *err)
{
    (void)data;
    size_t used = strlen(text);
    (void)snprintf(text + used, sizeof text - used, "%s%s%.200s;", name, err ? ": " : "",
                   err ? err->text : "");
}

static void test_read_again(void **state)
{
    (void)state;
    const struct cf_zone *before = zone(NULL);
    assert_int_equal(hours(NULL), 2);
    assert_int_equal(hours("There"), 9);
    assert_false(cf_zones_refresh(note, NULL));
    assert_ptr_equal(zone(NULL), before);
    link_to("../zones/There", "etc/localtime");
    assert_true(cf_zones_refresh(note, NULL));
    assert_string_equal(text, "local;");
    assert_int_equal(hours(NULL), 9);
    assert_int_equal(cf_zone_offset(before, JULY, NULL), 7200); /* whoever has it, keeps it */
    install("America/New_York",
            "zones/There"); /* an upgrade: what was handed out by name, and the host's own */
    assert_true(cf_zones_refresh(note, NULL));
    assert_non_null(strstr(text, "There;"));
    assert_int_equal(hours(NULL), -4);
    assert_int_equal(hours("There"), -4);
}

/* What cannot be read any more stays as it was, and is told of. */
static void test_it_is_gone(void **state)
{
    (void)state;
    assert_int_equal(hours(NULL), 2);
    assert_int_equal(remove(folder_path("zones/Here/Town")), 0);
    assert_false(cf_zones_refresh(note, NULL));
    assert_non_null(strstr(text, "local: "));
    assert_non_null(strstr(text, "install tzdata"));
    assert_int_equal(hours(NULL), 2);
    text[0] = '\0';
    assert_false(cf_zones_refresh(note, NULL));
    assert_string_equal(text, ""); /* once */
    install("Europe/Berlin", "zones/Here/Town");
    assert_false(cf_zones_refresh(note, NULL)); /* the same as before */
    assert_int_equal(remove(folder_path("zones/Here/Town")), 0);
    assert_false(cf_zones_refresh(note, NULL));
    assert_non_null(strstr(text, "local: "));
}

static void refused(const char *said)
{
    const struct cf_zone *zone = NULL;
    struct cf_error err = {.text = ""};
    cf_zones_release();
    assert_int_equal(cf_zone_get(NULL, &zone, &err), CF_FAILED);
    if (!strstr(err.text, said))
        fail_msg("\"%s\" does not say \"%s\"", err.text, said);
}

static void test_what_is_no_zone(void **state)
{
    (void)state;
    link_to("../zones/Nowhere", "etc/localtime");
    refused("leads to ../zones/Nowhere, which is not there; install tzdata");
    assert_int_equal(remove(folder_path("etc/localtime")), 0);
    assert_int_equal(mkfifo(folder_path("etc/localtime"), 0644), 0);
    refused("not a regular file");
    assert_int_equal(remove(folder_path("zones/There")), 0);
    assert_int_equal(mkfifo(folder_path("zones/There"), 0644), 0);
    const struct cf_zone *zone = NULL;
    assert_int_equal(cf_zone_get("There", &zone, NULL), CF_USAGE);
    FILE *file = fopen(folder_path("zones/Here/Town"), "w");
    (void)fputs("no zone", file);
    (void)fclose(file);
    link_to("../zones/Here/Town", "etc/localtime");
    refused("cannot be read");
    setenv("TZ", "", 1);
    assert_int_equal(hours(NULL), 0); /* as POSIX has it */
}

static struct cf_loop *loop;
static int changes;

static void on_change(void *data)
{
    (void)data;
    if (!cf_zones_refresh(note, NULL))
        return;
    changes++;
    cf_loop_stop(loop);
}

static void list_folders(void *owner, cf_folder_fn *tell, void *data)
{
    (void)owner;
    cf_zones_folders(tell, data);
}

static void on_patience(uv_timer_t *timer)
{
    (void)timer;
    fail_msg("nobody told of change %d", changes + 1);
}

/* Waits for the next change, as the kernel tells of it. */
static void await(int count)
{
    uv_timer_t patience;
    (void)uv_timer_init(cf_loop_uv(loop), &patience);
    (void)uv_timer_start(&patience, on_patience, 10000, 0);
    cf_loop_run(loop);
    uv_close((uv_handle_t *)&patience, NULL);
    (void)uv_run(cf_loop_uv(loop), UV_RUN_NOWAIT);
    assert_int_equal(changes, count);
}

static void test_changes_are_told(void **state)
{
    (void)state;
    changes = 0;
    assert_int_equal(cf_loop_create(&loop, NULL), 0);
    assert_int_equal(hours(NULL), 2);
    struct cf_folder_watch *watch = cf_folder_watch_create(loop, list_folders, on_change, NULL);
    assert_int_equal(hours("There"), 9);
    cf_folder_watch_update(watch);
    link_to("../zones/There", "etc/localtime");
    await(1);
    assert_int_equal(hours(NULL), 9);
    install("America/New_York", "zones/There");
    await(2);
    assert_int_equal(hours(NULL), -4);
    link_to("../zones/Here/Town", "etc/localtime");
    await(3);
    install("Asia/Tokyo", "zones/Here/Town"); /* in a folder of its own */
    await(4);
    assert_int_equal(hours(NULL), 9);
    cf_folder_watch_destroy(watch);
    cf_loop_destroy(loop);
}

int main(void)
{
#define ZONES(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        ZONES(test_read_again),
        ZONES(test_it_is_gone),
        ZONES(test_what_is_no_zone),
        ZONES(test_changes_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
