/* Users and groups that the configuration names and the host does not have: told, near ones beside; a name
 * service that hangs holds up nobody. */
#include "../unit.h"

#include "base/text.h"
#include "program/setup/names.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>

enum { ADMINISTRATORS = 3, ALL = 9 }; /* questions about `nobody`, those about near names among them */

static uv_sem_t gate;
static atomic_int asked;

static enum cf_name_found look_up(const char *name, bool group, int64_t *ret_id)
{
    *ret_id = 100;
    static const char *const users[] = {"ana", "otto"}, *const groups[] = {"operators"};
    for (size_t i = 0; i < (group ? 1 : 2); i++)
        if (strcmp(group ? groups[i] : users[i], name) == 0)
            return CF_NAME_FOUND;
    return strcmp(name, "hidden") == 0 ? CF_NAME_UNKNOWN : CF_NAME_MISSING;
}

static enum cf_name_found hang(const char *name, bool group, int64_t *ret_id)
{
    uv_sem_wait(&gate);
    asked++;
    return look_up(name, group, ret_id);
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
    "\"administrators\":[\"operators\",\"hidden\",\"wheels\"]}";

#define NO_WHEELS "administrators: there is no group 'wheels' on this host\n"
#define NEARLY                                                                                               \
    "protect.users: there is no user 'Otto' on this host; did you mean 'otto'?\n"                            \
    "protect.groups: there is no group 'Operators' on this host; did you mean 'operators'?\n"
static const char wanted[] = NO_WHEELS NEARLY;
static const char wanted_running[] = NO_WHEELS
    "administrators: the group 'hidden' could not be looked up, so its members are none; curfew reload "
    "tries again\n" NEARLY;

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

/* ---- Beside a loop ---- */

static struct fixture {
    struct cf_loop *loop; /* in virtual time, which waits for no thread */
    struct cf_config config;
    struct cf_names *names;
    struct cf_buffer told;
    size_t administrators, times;
} fixture;

static void know(void *data, const int64_t *gids, size_t count)
{
    (void)data;
    fixture.administrators = count;
    fixture.times++;
    for (size_t i = 0; i < count; i++)
        assert_int_equal(gids[i], 100);
}

static void begin(const char *config, bool simulated)
{
    fixture = (struct fixture){0};
    configure(&fixture.config, config);
    assert_int_equal(uv_sem_init(&gate, 0), 0);
    assert_int_equal(cf_loop_create_virtual((struct cf_instant){0}, 0, &fixture.loop, NULL), CF_OK);
    const struct cf_names_setup setup = {.loop = fixture.loop,
                                         .config = &fixture.config,
                                         .simulated = simulated,
                                         .look_up = hang,
                                         .tell = collect,
                                         .tell_administrators = know,
                                         .data = &fixture.told};
    fixture.names = cf_names_start(&setup);
    assert_non_null(fixture.names);
}

static void too_late(uv_timer_t *timer)
{
    (void)timer;
    fail_msg("nobody was told");
}

/* Answers as many questions, and waits for what is told in the end. */
static void answer(int count, const char *text)
{
    for (int i = 0; i < count; i++)
        uv_sem_post(&gate);
    uv_timer_t limit; /* what is looked up keeps no loop running */
    uv_timer_init(cf_loop_uv(fixture.loop), &limit);
    uv_timer_start(&limit, too_late, 60000, 0);
    while (!fixture.told.data || !strstr(fixture.told.data, text))
        uv_run(cf_loop_uv(fixture.loop), UV_RUN_ONCE);
    uv_close((uv_handle_t *)&limit, NULL);
    uv_run(cf_loop_uv(fixture.loop), UV_RUN_NOWAIT);
}

/* The thread that is left behind comes to its end, and tells nobody. */
static void answer_the_rest(int questions)
{
    for (int i = 0; i < questions; i++)
        uv_sem_post(&gate);
    while (asked < questions)
        uv_sleep(1);
    asked = 0;
}

static void end(int questions)
{
    cf_names_stop(fixture.names);
    cf_loop_destroy(fixture.loop);
    answer_the_rest(questions);
    cf_buffer_finish(&fixture.told);
    cf_config_finish(&fixture.config);
}

static void test_beside_a_loop(void **state)
{
    (void)state;
    begin(nobody, false);
    answer(ADMINISTRATORS, "'hidden' could not be looked up");
    answer(ALL - ADMINISTRATORS, "'operators'?");
    assert_string_equal(fixture.told.data, wanted_running);
    assert_int_equal(fixture.administrators, 1);
    assert_int_equal(fixture.times, 1);
    cf_loop_run(fixture.loop);
    assert_string_equal(fixture.told.data, wanted_running); /* in time */
    end(ALL);
}

/* They wait for no other name; and what comes late counts. */
static void test_administrators(void **state)
{
    (void)state;
    begin(nobody, false);
    cf_loop_run(fixture.loop);
    assert_int_equal(fixture.times, 0);
    assert_non_null(strstr(fixture.told.data, "the administrators' groups could not be looked up in time"));
    answer(ADMINISTRATORS, "'hidden' could not be looked up");
    assert_int_equal(fixture.times, 1);
    assert_int_equal(fixture.administrators, 1);
    end(ALL);

    begin(nobody, false);
    answer(ADMINISTRATORS, "'hidden' could not be looked up");
    cf_loop_run(fixture.loop); /* with the others out */
    assert_non_null(strstr(fixture.told.data, "the host's users and groups could not be looked up in time"));
    end(ALL);
}

static void test_no_administrators(void **state)
{
    (void)state;
    begin("{}", false);
    assert_int_equal(fixture.times, 1);
    assert_int_equal(fixture.administrators, 0);
    cf_loop_run(fixture.loop);
    assert_null(fixture.told.data);
    end(0);
}

/* Only administrators are those of this host. */
static void test_simulated(void **state)
{
    (void)state;
    begin(nobody, true);
    answer(ADMINISTRATORS, "'wheels'");
    cf_loop_run(fixture.loop);
    assert_null(strstr(fixture.told.data, "protect"));
    assert_int_equal(fixture.administrators, 1);
    end(ADMINISTRATORS);
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
    cf_config_finish(&config);
    answer_the_rest(ALL);
}

/* As if all threads were in use: nothing waits for what nobody looks up. */
static void test_no_thread(void **state)
{
    (void)state;
    struct cf_config config;
    struct cf_buffer told = {0};
    struct rlimit before, huge; /* of a thread's stack: there is no room for one */
    assert_int_equal(getrlimit(RLIMIT_STACK, &before), 0);
    huge = before;
    huge.rlim_cur = (rlim_t)1 << 46;
    if (setrlimit(RLIMIT_STACK, &huge) != 0)
        skip();
    configure(&config, nobody);
    cf_names_check(&config, NULL, look_up, cf_seconds(60), collect, &told);
    assert_int_equal(setrlimit(RLIMIT_STACK, &before), 0);
    assert_non_null(strstr(told.data, "could not be looked up"));
    cf_buffer_finish(&told);
    cf_config_finish(&config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_missing),        cmocka_unit_test(test_beside_a_loop),
        cmocka_unit_test(test_administrators), cmocka_unit_test(test_no_administrators),
        cmocka_unit_test(test_simulated),      cmocka_unit_test(test_a_name_service_that_hangs),
        cmocka_unit_test(test_no_thread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
