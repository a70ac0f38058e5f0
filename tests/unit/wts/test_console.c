/* The console, of which Windows tells no input: what its helper says, and what must hold right before an act.
 */
#include "fake_server.h"

static const struct cf_span nobody = {CF_UNKNOWN_US};

/* ---- A helper at work ---- */

/* It has answered once: idle for ten minutes. */
static int begin(void **state)
{
    (void)state;
    fake_open_host(NULL);
    fake_say(fake_ordered(), cf_minutes(10));
    while (!cf_mono_known(fake.told))
        fake_turn();
    return 0;
}

static int end(void **state)
{
    (void)state;
    fake_close_host();
    return 0;
}

/* A reading by the engine, answered with this. */
static void read_idle(struct cf_span idle)
{
    fake_submit(CF_ACTION_REFRESH, CF_MONO_UNKNOWN);
    fake_say(fake_ordered(), idle);
    fake_complete();
    assert_int_equal(fake.code, CF_OK);
}

/* The act that rests on it is asked for; the helper has not been asked yet. */
static void disconnect_quiet(void)
{
    fake_submit(CF_ACTION_DISCONNECT, cf_loop_now(fake.loop));
}

static void assert_stale(const char *why)
{
    fake_complete();
    assert_int_equal(fake.code, CF_STALE);
    assert_non_null(strstr(fake.message, why));
    assert_int_equal(fake.disconnects, 0);
}

static void who_left_is_disconnected(void **state)
{
    (void)state;
    read_idle(cf_minutes(10));
    disconnect_quiet();
    fake_say(fake_ordered(), cf_minutes(10));
    fake_complete();
    assert_int_equal(fake.code, CF_OK);
    assert_int_equal(fake.disconnects, 1);
}

/* The engine's last reading said that nobody was there. */
static void who_types_between_the_reading_and_the_act_is_left_alone(void **state)
{
    (void)state;
    read_idle(cf_minutes(10));
    disconnect_quiet();
    cf_loop_run_until(fake.loop, cf_mono_add(cf_loop_now(fake.loop), CF_SECOND));
    fake_say(fake_ordered(), (struct cf_span){0});
    assert_stale("there was input since");
}

static void a_helper_that_does_not_know_any_more_keeps_them(void **state)
{
    (void)state;
    read_idle(cf_minutes(10));
    disconnect_quiet();
    fake_say(fake_ordered(), nobody);
    assert_stale("cannot be read any more");
}

static void a_helper_that_dies_before_it_answers_keeps_them(void **state)
{
    (void)state;
    read_idle(cf_minutes(10));
    disconnect_quiet();
    (void)fake_ordered();
    fake_helper_dies();
    assert_stale("cannot be read any more");
    disconnect_quiet(); /* nor is anybody idle without one */
    assert_stale("cannot be read any more");
    assert_false(cf_mono_known(fake.told));
    assert_non_null(strstr(fake.missing, "is at work no more"));
}

/* ---- Whose word it is ---- */

/* The helper vouches for the console alone: who has come by RDP since then types there. */
static void come_by_rdp(void)
{
    (void)wcscpy(fake.info.data.name, L"RDP-Tcp#1");
    fake.info.data.last_input = fake.info.data.current;
}

static void who_came_by_rdp_behind_the_helpers_word_is_left_alone(void **state)
{
    (void)state;
    read_idle(cf_minutes(10));
    disconnect_quiet();
    uint64_t order = fake_ordered();
    come_by_rdp();
    fake_say(order, cf_minutes(10));
    assert_stale("there was input since");
}

/* A switch of users: the last look has seen it, and the helper is there still. */
static void what_it_says_of_a_session_without_the_console_is_not_believed(void **state)
{
    (void)state;
    fake_submit(CF_ACTION_REFRESH, CF_MONO_UNKNOWN);
    uint64_t first = fake_ordered();
    fake.info.data.state = CF_WTS_DISCONNECTED;
    fake.info.data.disconnect = fake.info.data.current;
    fake_submit(CF_ACTION_REFRESH, CF_MONO_UNKNOWN);
    (void)fake_ordered();
    fake_say(first, cf_minutes(10));
    fake_complete();
    assert_true(cf_mono_since(fake.input, cf_loop_now(fake.loop)).us < CF_SECOND.us);
}

static void an_answer_to_what_was_not_asked_ends_it(void **state)
{
    (void)state;
    disconnect_quiet();
    uint64_t order = fake_ordered();
    fake_say(order + 1, cf_minutes(10));
    fake_say(order, cf_minutes(10));
    assert_stale("cannot be read any more");
    while (!*fake.missing)
        fake_turn();
    assert_non_null(strstr(fake.missing, "it spoke without having been asked"));
    assert_false(cf_mono_known(fake.told));
}

/* The number is another's now, who logged on a minute ago: the former's helper says nothing of them. */
static void a_helper_of_a_former_session_is_not_believed(void **state)
{
    (void)state;
    fake.info.data.logon.QuadPart = FAKE_NOON - FAKE_MINUTE;
    fake.listed = false;
    cf_wts_ops.session_changed(fake.backend, "3");
    while (!fake.listed)
        fake_turn();
    assert_int_equal(fake.own.birth, FAKE_NOON - FAKE_MINUTE);
    assert_false(cf_mono_known(fake.told));
    while (fake.launches < 2) /* they get one of their own */
        fake_turn();
}

/* ---- Its beginning ---- */

static struct {
    bool stranger; /* somebody connects to each pipe as soon as it is there */
    HANDLE theirs;
    DWORD open, mode, instances;
} pipes;

typedef HANDLE WINAPI create_pipe(const WCHAR *name, DWORD open, DWORD mode, DWORD instances, DWORD out,
                                  DWORD in, DWORD limit, SECURITY_ATTRIBUTES *security);
extern create_pipe *__real___imp_CreateNamedPipeW, *__wrap___imp_CreateNamedPipeW;

static HANDLE WINAPI create(const WCHAR *name, DWORD open, DWORD mode, DWORD instances, DWORD out, DWORD in,
                            DWORD limit, SECURITY_ATTRIBUTES *security)
{
    pipes.open = open;
    pipes.mode = mode;
    pipes.instances = instances;
    HANDLE pipe = __real___imp_CreateNamedPipeW(name, open, mode, instances, out, in, limit, security);
    if (pipes.stranger)
        pipes.theirs = CreateFileW(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    return pipe;
}

create_pipe *__wrap___imp_CreateNamedPipeW = create; /* what the program has from Windows */

static void assert_not_begun(const char *why)
{
    while (!*fake.missing && !fake.launches)
        fake_turn();
    assert_int_equal(fake.launches, 0);
    assert_non_null(strstr(fake.missing, why));
    assert_false(cf_mono_known(fake.told));
    fake_close_host();
}

/* What it hands to the helper is its own, or nothing. */
static void where_a_stranger_connects_first_none_is_begun(void **state)
{
    (void)state;
    pipes.stranger = true;
    fake_open_host(NULL);
    assert_not_begun("error 231"); /* ERROR_PIPE_BUSY */
    assert_true(pipes.theirs != INVALID_HANDLE_VALUE);
    (void)CloseHandle(pipes.theirs);
    pipes.stranger = false;
}

static void its_pipe_is_the_only_one_of_its_name_and_of_this_machine_alone(void **state)
{
    (void)state;
    fake_open_host(NULL);
    (void)fake_ordered();
    assert_true(pipes.open & FILE_FLAG_FIRST_PIPE_INSTANCE);
    assert_true(pipes.mode & PIPE_REJECT_REMOTE_CLIENTS);
    assert_int_equal(pipes.instances, 1);
    fake_close_host();
}

/* Behind the look of the listing. */
static void another_logs_on(void)
{
    fake.info.data.logon.QuadPart = FAKE_NOON;
}

static void leave_the_console(void)
{
    (void)wcscpy(fake.info.data.name, L"RDP-Tcp#1");
}

static void none_is_begun_in_a_session_that_has_become_another(void **state)
{
    (void)state;
    fake_open_host(another_logs_on);
    assert_not_begun("there is no such session");
    fake_open_host(leave_the_console);
    assert_not_begun("there is no such session");
}

#define at_work(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        at_work(who_left_is_disconnected),
        at_work(who_types_between_the_reading_and_the_act_is_left_alone),
        at_work(a_helper_that_does_not_know_any_more_keeps_them),
        at_work(a_helper_that_dies_before_it_answers_keeps_them),
        at_work(who_came_by_rdp_behind_the_helpers_word_is_left_alone),
        at_work(what_it_says_of_a_session_without_the_console_is_not_believed),
        at_work(an_answer_to_what_was_not_asked_ends_it),
        at_work(a_helper_of_a_former_session_is_not_believed),
        cmocka_unit_test(where_a_stranger_connects_first_none_is_begun),
        cmocka_unit_test(its_pipe_is_the_only_one_of_its_name_and_of_this_machine_alone),
        cmocka_unit_test(none_is_begun_in_a_session_that_has_become_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
