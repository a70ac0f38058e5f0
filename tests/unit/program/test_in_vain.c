/* Which policies would end nobody of those who are logged on, since nobody knows what they go by. */
#include "../unit.h"

#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "program/setup/in_vain.h"

#include <string.h>

static struct cf_config config;
static struct cf_registry *registry;
static struct cf_clock of_registry;
static struct cf_buffer told;

static void on_change(void *data, enum cf_session_change change, cf_session_key key, uint64_t fields)
{
    (void)data, (void)change, (void)key, (void)fields;
}

static int set_up(void **state)
{
    (void)state;
    struct cf_error err = {0};
    cf_log_set_level(CF_LOG_NOTHING);
    cf_clock_init_system(&of_registry);
    registry = cf_registry_create(&of_registry, on_change, NULL);
    cf_config_init(&config);
    if (cf_config_add_policy(&config, "policies/idle.lua", NULL, NULL, &err) != 0 ||
        cf_config_add_policy(&config, "policies/disconnected.lua", NULL, NULL, &err) != 0)
        fail_msg("%s", err.text);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    cf_registry_destroy(registry);
    cf_config_finish(&config);
    cf_buffer_finish(&told);
    return 0;
}

static void log_on(const char *id, const char *type, enum cf_tri disconnected, bool idle_known)
{
    static int64_t births;
    struct cf_session session;
    cf_session_init(&session);
    session.identity =
        (struct cf_identity){.host = cf_strdup("lab1"), .id = cf_strdup(id), .boot = 7, .birth = ++births};
    cf_session_set_string(&session, CF_FIELD_USER, "ana");
    cf_session_set_string(&session, CF_FIELD_CLASS, "user");
    cf_session_set_string(&session, CF_FIELD_TYPE, type);
    session.uid = 1001;
    session.console = session.closing = CF_TRI_NO;
    session.active = CF_TRI_YES;
    session.disconnected = disconnected;
    session.logged_on = (struct cf_mono){1};
    session.last_input = idle_known ? cf_clock_now(&of_registry) : CF_MONO_UNKNOWN;
    cf_registry_seen(registry, &session, CF_FIELDS_ALL);
    cf_session_finish(&session);
}

static void collect(void *data, const char *text)
{
    cf_buffer_printf(data, "%s\n", text);
}

static const char *check(void)
{
    cf_buffer_clear(&told);
    cf_in_vain_check(&config, registry, collect, &told);
    return told.length ? told.data : "";
}

#define DISCONNECTED                                                                                         \
    "policies.disconnected ends none of these that are logged on here, since nobody knows whether they are " \
    "disconnected: session "
#define IDLE                                                                                                 \
    "no policy that goes by idle time ends these that are logged on here, since nobody knows theirs: session "

/* Each session by what is known of it. */
static void what_nobody_knows(void **state)
{
    (void)state;
    assert_string_equal(check(), "");
    log_on("1", "tty", CF_TRI_NO, true);
    log_on("2", "x11", CF_TRI_NO, false); /* which its agent may know */
    log_on("3", "x11", CF_TRI_YES, false);
    assert_string_equal(check(), "");
    log_on("c4", "x11", CF_TRI_UNKNOWN, false);
    assert_string_equal(check(), DISCONNECTED "c4\n");
    log_on("5", "tty", CF_TRI_NO, false);
    log_on("6", "wayland", CF_TRI_UNKNOWN, true);
    assert_string_equal(check(), DISCONNECTED "c4, 6\n" IDLE "5\n");
}

/* What no policy goes by is not missed. */
static void what_no_policy_wants(void **state)
{
    (void)state;
    log_on("c4", "x11", CF_TRI_UNKNOWN, false);
    log_on("5", "tty", CF_TRI_NO, false);
    config.policy_count = 1; /* idle */
    assert_string_equal(check(), IDLE "5\n");
    config.policy_count = 2;
}

/* Of many, some are named. */
static void many(void **state)
{
    (void)state;
    char id[16];
    for (int i = 1; i <= 14; i++) {
        (void)snprintf(id, sizeof id, "%d", i);
        log_on(id, "x11", CF_TRI_UNKNOWN, false);
    }
    assert_string_equal(check(), DISCONNECTED "1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 4 more\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_nobody_knows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_no_policy_wants, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
