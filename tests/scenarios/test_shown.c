/* What `run` prints was done: an action is shown once its row is on disk, and one that has none is shown as
 * not done. */
#include "program/setup/runtime.h"

#include "../fixture/disk.h"
#include "../fixture/folder.h"
#include "../unit/unit.h"
#include "backend/sim/sim.h"
#include "journal/query.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static struct {
    struct cf_runtime assembly;
    struct cf_config config;
    struct cf_scenario *scenario;
    FILE *out;
    char *printed;
    size_t length;
    unsigned kept, refused;
} desk;

static bool is_printed(const char *text)
{
    (void)fflush(desk.out);
    return strstr(desk.printed, text) != NULL;
}

static bool count(void *data, const struct cf_entry *entry)
{
    *(unsigned *)data += entry->what == CF_WHAT_LOGOFF;
    return true;
}

static unsigned rows(void)
{
    unsigned found = 0;
    (void)cf_query_run(folder_path(""), &CF_QUERY_ALL, count, &found, NULL);
    return found;
}

static int set_up(void **state)
{
    struct cf_error err = {0};
    memset(&desk, 0, sizeof desk);
    folder_set_up(state);
    desk.scenario = cf_script_finish(cf_script_create((struct cf_instant){0}), CF_DAY.us);
    cf_config_init(&desk.config);
    assert_non_null(desk.out = open_memstream(&desk.printed, &desk.length));
    const struct cf_sim_setup sim = {.scenario = desk.scenario};
    const struct cf_runtime_setup setup = {.backend = &cf_sim_ops,
                                           .backend_setup = &sim,
                                           .config = &desk.config,
                                           .zone = cf_zone_utc(),
                                           .is_virtual = true,
                                           .state = folder_path(""),
                                           .report = {.out = desk.out, .prompt = true, .outcomes = true}};
    if (cf_runtime_init(&desk.assembly, &setup, &err) != CF_OK)
        fail_msg("%s", err.text);
    return 0;
}

static int tear_down(void **state)
{
    cf_runtime_finish(&desk.assembly);
    cf_scenario_destroy(desk.scenario);
    cf_config_finish(&desk.config);
    (void)fclose(desk.out);
    free(desk.printed);
    cf_zones_release();
    return folder_tear_down(state);
}

static void on_kept(void *context, int code)
{
    assert_ptr_equal(context, &desk);
    if (code == CF_OK)
        assert_true(is_printed(" logoff  idle for 30 minutes"));
    *(code == CF_OK ? &desk.kept : &desk.refused) += 1;
}

static void write_logoff(void)
{
    struct cf_entry entry = {
        .what = CF_WHAT_LOGOFF, .decision = 1, .policy = "idle", .text = "idle for 30 minutes"};
    cf_engine_write(desk.assembly.engine, &entry, on_kept, &desk);
}

static void settle(void)
{
    cf_loop_run_until(desk.assembly.loop, cf_loop_now(desk.assembly.loop));
}

static void test_after_its_row(void **state)
{
    (void)state;
    write_logoff();
    assert_false(is_printed("logoff"));
    assert_int_equal(desk.kept, 0);
    settle();
    assert_int_equal(desk.kept, 1);
    assert_int_equal(rows(), 1);
    assert_false(is_printed(" ended"));
    cf_engine_write(desk.assembly.engine, &(struct cf_entry){.what = CF_WHAT_ENDED, .decision = 1}, NULL,
                    NULL);
    assert_true(is_printed(" ended"));
}

static void test_without_a_row(void **state)
{
    (void)state;
    disk_limit(1);
    write_logoff();
    settle();
    disk_free();
    assert_int_equal(desk.refused, 1);
    assert_int_equal(rows(), 0);
    assert_false(is_printed(" logoff  idle"));
    assert_true(is_printed(
        " refused the journal could not be written, so this was not done: logoff: idle for 30 minutes"));
}

/* curfew ends before it is on disk: nothing was done, and nothing is said. */
static void test_ends_before(void **state)
{
    (void)state;
    write_logoff();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_after_its_row, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_without_a_row, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_ends_before, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
