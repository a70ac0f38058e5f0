/* Users and groups that the configuration names and the host does not have: told, near ones beside; a name
 * service that hangs holds up nobody. */
#include "../unit.h"

#include "base/text.h"
#include "program/setup/names.h"

#include <string.h>

static uv_sem_t gate;

static enum cf_name_found look_up(const char *name, bool group)
{
    static const char *const users[] = {"ana", "otto"}, *const groups[] = {"operators"};
    for (size_t i = 0; i < (group ? 1 : 2); i++)
        if (strcmp(group ? groups[i] : users[i], name) == 0)
            return CF_NAME_FOUND;
    return strcmp(name, "hidden") == 0 ? CF_NAME_UNKNOWN : CF_NAME_MISSING;
}

static enum cf_name_found hang(const char *name, bool group)
{
    uv_sem_wait(&gate);
    return look_up(name, group);
}

static void collect(void *data, const char *text)
{
    cf_buffer_printf(data, "%s\n", text);
}

static void configure(struct cf_config *config, const char *json)
{
    struct cf_error err = {0};
    json_t *value = json_loads(json, 0, NULL);
    assert_non_null(value);
    cf_config_init(config);
    if (cf_config_parse(config, NULL, value, "policies", &err) != 0)
        fail_msg("%s", err.text);
    json_decref(value);
}

static const char nobody[] =
    "{\"protect\":{\"users\":[\"ana\",\"Otto\",\"svc-*\",\"hidden\"],\"groups\":\"Operators\",\"class\":\"user\"},"
    "\"administrators\":[\"wheels\"]}";
static const char wanted[] =
    "protect.users: there is no user 'Otto' on this host; did you mean 'otto'?\n"
    "protect.groups: there is no group 'Operators' on this host; did you mean 'operators'?\n"
    "administrators: there is no group 'wheels' on this host\n";

static void test_missing(void **state)
{
    (void)state;
    struct cf_config config;
    struct cf_buffer told = {0};
    configure(&config, nobody);
    cf_names_check(&config, NULL, look_up, cf_seconds(60), collect, &told);
    assert_string_equal(told.data, wanted);
    cf_buffer_finish(&told);
    cf_config_finish(&config);
    configure(&config, "{}");
    cf_names_check(&config, NULL, look_up, cf_seconds(60), collect, &told);
    assert_null(told.data);
    cf_config_finish(&config);
}

static void too_late(uv_timer_t *timer)
{
    (void)timer;
    fail_msg("nobody was told");
}

static void test_on_a_loop(void **state)
{
    (void)state;
    struct cf_config config;
    struct cf_buffer told = {0};
    uv_loop_t loop;
    assert_int_equal(uv_loop_init(&loop), 0);
    assert_int_equal(uv_sem_init(&gate, 0), 0);
    configure(&config, nobody);
    struct cf_names *names = cf_names_start(&loop, &config, NULL, hang, collect, &told);
    assert_non_null(names);
    assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0); /* it keeps no loop running, and holds none up */
    for (int i = 0; i < 10; i++)
        uv_sem_post(&gate);
    uv_timer_t limit;
    uv_timer_init(&loop, &limit);
    uv_timer_start(&limit, too_late, 60000, 0);
    while (!told.data)
        uv_run(&loop, UV_RUN_ONCE);
    assert_string_equal(told.data, wanted);
    cf_names_stop(names);
    uv_close((uv_handle_t *)&limit, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    cf_buffer_finish(&told);
    cf_config_finish(&config);
    uv_sem_destroy(&gate);
}

static void test_a_name_service_that_hangs(void **state)
{
    (void)state;
    struct cf_config config;
    struct cf_buffer told = {0};
    assert_int_equal(uv_sem_init(&gate, 0), 0);
    configure(&config, nobody);
    cf_names_check(&config, NULL, hang, (struct cf_span){1000}, collect, &told);
    assert_non_null(strstr(told.data, "could not be looked up in time"));
    cf_buffer_finish(&told);

    uv_loop_t loop;
    assert_int_equal(uv_loop_init(&loop), 0);
    cf_names_stop(cf_names_start(&loop, &config, NULL, hang, collect, &told));
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    cf_config_finish(&config);
    for (int i = 0; i < 20; i++)
        uv_sem_post(&gate); /* the threads left behind come to their end, and tell nobody */
    assert_null(told.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_on_a_loop),
        cmocka_unit_test(test_a_name_service_that_hangs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
