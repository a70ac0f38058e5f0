/* Whom the configuration protects: each guard alone. */
#include "../unit.h"

#include "engine/config/guards.h"

#include <string.h>

/* `wanted`: why the session is protected; NULL: it may be ended. */
static void expect(size_t number, const struct cf_config *config, const struct cf_session *session,
                   const char *wanted)
{
    const char *why = cf_guard(config, session);
    if (!wanted != !why || (why && strcmp(why, wanted) != 0))
        fail_msg("case %zu: %s", number, why ? why : "may be ended");
}

static void test_guard_by_guard(void **state)
{
    (void)state;
    static const struct {
        int64_t uid;
        const char *sid;
        bool root, system;
        const char *why; /* NULL: may be ended */
    } cases[] = {
        /* Nobody knows whose it is, which matters where accounts are protected. */
        {CF_NUMBER_UNKNOWN, NULL, true, true, "nobody knows whose session it is"},
        {CF_NUMBER_UNKNOWN, NULL, true, false, "nobody knows whose session it is"},
        {CF_NUMBER_UNKNOWN, NULL, false, true, "nobody knows whose session it is"},
        {CF_NUMBER_UNKNOWN, NULL, false, false, NULL},
        {0, NULL, true, false, "root is protected"},
        {0, NULL, false, true, NULL}, /* root is not a system account */
        {1, NULL, true, true, "system accounts are protected"},
        {999, NULL, false, true, "system accounts are protected"},
        {999, NULL, true, false, NULL},
        {1000, NULL, true, true, NULL},
        /* Windows, where accounts have no number. */
        {CF_NUMBER_UNKNOWN, "S-1-5-21-1-2-3-500", true, false, "root is protected"},
        {CF_NUMBER_UNKNOWN, "S-1-5-21-1-2-3-500", false, true, NULL},
        {CF_NUMBER_UNKNOWN, "S-1-5-21-1-2-3-1001", true, true, NULL},
        /* A number and an identifier: each protects. */
        {1001, "S-1-5-21-1-2-3-500", true, true, "root is protected"},
        {999, "S-1-5-21-1-2-3-1001", true, true, "system accounts are protected"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cf_config config;
        struct cf_session session;
        cf_config_init(&config);
        cf_session_init(&session);
        config.protect_root = cases[i].root;
        config.protect_system = cases[i].system;
        session.uid = cases[i].uid;
        session.sid = (char *)cases[i].sid;
        session.console = CF_TRI_NO;
        expect(i, &config, &session, cases[i].why);
    }
}

static void test_console_and_closing(void **state)
{
    (void)state;
    static const struct {
        enum cf_tri console, closing;
        bool protect;
        const char *why;
    } cases[] = {
        {CF_TRI_NO, CF_TRI_NO, true, NULL},
        {CF_TRI_YES, CF_TRI_NO, true, "the console is protected"},
        {CF_TRI_UNKNOWN, CF_TRI_NO, true, "it may be the console, which is protected"},
        {CF_TRI_YES, CF_TRI_NO, false, NULL},
        {CF_TRI_UNKNOWN, CF_TRI_NO, false, NULL},
        {CF_TRI_NO, CF_TRI_YES, true, "the session is already closing"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cf_config config;
        struct cf_session session;
        cf_config_init(&config);
        cf_session_init(&session);
        config.protect_console = cases[i].protect;
        session.uid = 1001;
        session.console = cases[i].console;
        session.closing = cases[i].closing;
        expect(i, &config, &session, cases[i].why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_guard_by_guard),
        cmocka_unit_test(test_console_and_closing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
