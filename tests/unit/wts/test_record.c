/* What a terminal server says, as a session record: what it must never be taken to say. */
#include "wts/record.h"

#include "../unit.h"

#define MINUTE (INT64_C(60) * 10000000) /* of a FILETIME */
#define NOON   INT64_C(134168544000000000)
#define START  ((struct cf_mono){5000000000})

static struct cf_wts_clock server;
static struct cf_session record;

static struct cf_wts_infoex active(void)
{
    struct cf_wts_infoex info = {.level = 1,
                                 .data = {.id = 3, .state = CF_WTS_ACTIVE, .flags = CF_WTS_FLAGS_UNLOCKED}};
    (void)wcscpy(info.data.name, L"RDP-Tcp#7");
    info.data.logon.QuadPart = info.data.connect.QuadPart = NOON - 60 * MINUTE;
    info.data.last_input.QuadPart = NOON - 20 * MINUTE;
    info.data.current.QuadPart = NOON;
    return info;
}

static struct cf_wts_infoex disconnected(void)
{
    struct cf_wts_infoex info = active();
    info.data.state = CF_WTS_DISCONNECTED;
    info.data.name[0] = 0;
    info.data.disconnect.QuadPart = NOON - 5 * MINUTE;
    return info;
}

/* Minutes of idle time, -1: unknown. */
static int64_t idle(const struct cf_wts_infoex *info, enum cf_wts_locks locks)
{
    server = (struct cf_wts_clock){0};
    cf_session_finish(&record);
    cf_session_init(&record);
    cf_wts_clock_take(&server, START, info->data.current.QuadPart);
    cf_wts_record_info(&record, info, &server, locks);
    struct cf_span span = cf_session_span(&record, CF_FIELD_IDLE, START);
    assert_int_equal(!record.idle_source, !cf_span_known(span));
    return cf_span_known(span) ? span.us / CF_MINUTE.us : -1;
}

static int64_t idle_of(struct cf_wts_infoex info)
{
    return idle(&info, CF_WTS_LOCKS_PLAIN);
}

static void idle_is_since_the_last_input(void **state)
{
    (void)state;
    assert_int_equal(idle_of(active()), 20);
    assert_int_equal(record.identity.birth, NOON - 60 * MINUTE);
}

static void no_input_is_older_than_the_logon_or_the_connection(void **state)
{
    (void)state;
    struct cf_wts_infoex info = active();
    info.data.connect.QuadPart = NOON - 3 * MINUTE; /* came back, and has not typed yet */
    assert_int_equal(idle_of(info), 3);
    info = active();
    info.data.logon.QuadPart = NOON - 2 * MINUTE;
    assert_int_equal(idle_of(info), 2);
}

static void a_time_of_zero_is_unknown(void **state)
{
    (void)state;
    struct cf_wts_infoex info = active();
    info.data.last_input.QuadPart = 0;
    assert_int_equal(idle_of(info), -1);
    info = disconnected();
    info.data.disconnect.QuadPart = 0;
    assert_int_equal(idle_of(info), -1);
    info = active();
    info.data.current.QuadPart = 0;
    assert_int_equal(idle_of(info), -1);
}

static void a_time_yet_to_come_is_unknown(void **state)
{
    (void)state;
    struct cf_wts_infoex info = active();
    info.data.last_input.QuadPart = NOON + 1;
    assert_int_equal(idle_of(info), -1);
}

static void of_the_console_no_idle_time_is_believed(void **state)
{
    (void)state;
    struct cf_wts_infoex info = active();
    (void)wcscpy(info.data.name, L"CONSOLE");
    assert_int_equal(idle_of(info), -1); /* though there is one: of a session by RDP before */
}

static void a_disconnected_session_is_idle_since_then(void **state)
{
    (void)state;
    assert_int_equal(idle_of(disconnected()), 5);
    assert_true(cf_mono_known(record.disconnected_since));
    (void)idle_of(active());
    assert_false(cf_mono_known(record.disconnected_since));
}

static void no_other_state_tells_an_idle_time(void **state)
{
    (void)state;
    for (DWORD other = CF_WTS_ACTIVE; other <= CF_WTS_INIT; other++) {
        struct cf_wts_infoex info = active();
        info.data.state = other;
        bool tells = other == CF_WTS_ACTIVE || other == CF_WTS_SHADOW;
        assert_int_equal(idle_of(info), tells ? 20 : -1);
    }
}

static enum cf_tri locked(LONG flags, enum cf_wts_locks locks)
{
    struct cf_wts_infoex info = active();
    info.data.flags = flags;
    (void)idle(&info, locks);
    return record.locked;
}

static void locked_is_the_other_way_round_on_windows_7(void **state)
{
    (void)state;
    assert_int_equal(locked(CF_WTS_FLAGS_LOCKED, CF_WTS_LOCKS_PLAIN), CF_TRI_YES);
    assert_int_equal(locked(CF_WTS_FLAGS_UNLOCKED, CF_WTS_LOCKS_PLAIN), CF_TRI_NO);
    assert_int_equal(locked(CF_WTS_FLAGS_LOCKED, CF_WTS_LOCKS_REVERSED), CF_TRI_NO);
    assert_int_equal(locked(CF_WTS_FLAGS_UNLOCKED, CF_WTS_LOCKS_REVERSED), CF_TRI_YES);
}

static void locked_is_unknown_where_nobody_says(void **state)
{
    (void)state;
    assert_int_equal(locked(CF_WTS_FLAGS_UNKNOWN, CF_WTS_LOCKS_PLAIN), CF_TRI_UNKNOWN);
    assert_int_equal(locked(7, CF_WTS_LOCKS_PLAIN), CF_TRI_UNKNOWN);
    assert_int_equal(locked(CF_WTS_FLAGS_LOCKED, CF_WTS_LOCKS_UNKNOWN), CF_TRI_UNKNOWN);
}

static void a_session_in_state_down_is_on_its_way_out(void **state)
{
    (void)state;
    cf_session_finish(&record);
    cf_session_init(&record);
    cf_wts_record_state(&record, CF_WTS_DOWN, NULL);
    assert_int_equal(record.closing, CF_TRI_YES);
    assert_int_equal(record.active, CF_TRI_NO);
    cf_wts_record_state(&record, CF_WTS_ACTIVE, "rdp-tcp#1");
    assert_int_equal(record.closing, CF_TRI_NO);
}

static void services_and_listeners_are_no_sessions(void **state)
{
    (void)state;
    assert_false(cf_wts_is_session(0, CF_WTS_DISCONNECTED));
    assert_false(cf_wts_is_session(65536, CF_WTS_DISCONNECTED));
    assert_false(cf_wts_is_session(65537, CF_WTS_LISTEN));
    assert_true(cf_wts_is_session(1, CF_WTS_DISCONNECTED));
}

/* ---- The server's clock ---- */

static void one_time_is_one_moment_whatever_a_call_took(void **state)
{
    (void)state;
    server = (struct cf_wts_clock){0};
    cf_wts_clock_take(&server, START, NOON);
    struct cf_mono before = cf_wts_clock_mono(&server, NOON - MINUTE);
    for (int i = 1; i < 100; i++) { /* each answer takes up to 49 ms to come */
        struct cf_mono at = {START.us + i * CF_SECOND.us + i % 50 * 1000};
        cf_wts_clock_take(&server, at, NOON + i * 10000000);
        assert_int_equal(cf_wts_clock_mono(&server, NOON - MINUTE).us, before.us);
    }
}

/* Whatever the server's clock does: nothing looks older than it is. */
static void a_step_of_the_clock_makes_nobody_idle(void **state)
{
    (void)state;
    static const int64_t steps[] = {-3600, -61, -1, 1, 61, 3600, 86400};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        server = (struct cf_wts_clock){0};
        cf_wts_clock_take(&server, START, NOON);
        int64_t typed = NOON + MINUTE; /* a minute later; then a second until the clock is set */
        struct cf_mono at = {START.us + 61 * CF_SECOND.us};
        cf_wts_clock_take(&server, at, NOON + 61 * 10000000 + steps[i] * 10000000);
        assert_true(cf_wts_clock_mono(&server, typed).us >= START.us + CF_MINUTE.us);
        at.us += CF_MINUTE.us; /* and who types after it */
        typed = cf_wts_clock_time(&server, at);
        cf_wts_clock_take(&server, at, typed);
        assert_int_equal(typed, NOON + 121 * 10000000 + steps[i] * 10000000);
        assert_true(cf_wts_clock_mono(&server, typed).us >= at.us);
    }
}

static void what_is_looked_up_comes_back(void **state)
{
    (void)state;
    server = (struct cf_wts_clock){0};
    assert_int_equal(cf_wts_clock_time(&server, START), 0);
    assert_false(cf_mono_known(cf_wts_clock_mono(&server, NOON)));
    cf_wts_clock_take(&server, START, NOON);
    for (int64_t back = 0; back < 90; back++) {
        int64_t time = NOON - back * MINUTE;
        assert_int_equal(cf_wts_clock_time(&server, cf_wts_clock_mono(&server, time)), time);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(idle_is_since_the_last_input),
        cmocka_unit_test(no_input_is_older_than_the_logon_or_the_connection),
        cmocka_unit_test(a_time_of_zero_is_unknown),
        cmocka_unit_test(a_time_yet_to_come_is_unknown),
        cmocka_unit_test(of_the_console_no_idle_time_is_believed),
        cmocka_unit_test(a_disconnected_session_is_idle_since_then),
        cmocka_unit_test(no_other_state_tells_an_idle_time),
        cmocka_unit_test(locked_is_the_other_way_round_on_windows_7),
        cmocka_unit_test(locked_is_unknown_where_nobody_says),
        cmocka_unit_test(a_session_in_state_down_is_on_its_way_out),
        cmocka_unit_test(services_and_listeners_are_no_sessions),
        cmocka_unit_test(one_time_is_one_moment_whatever_a_call_took),
        cmocka_unit_test(a_step_of_the_clock_makes_nobody_idle),
        cmocka_unit_test(what_is_looked_up_comes_back),
    };
    cf_session_init(&record);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
