/* Commands on a host that answers, is silent, loses its bus or never ends a session: each comes to its own
 * end. */
#include "commands/actions.h"
#include "commands/message.h"
#include "sim/sim.h"

#include "../unit.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* What a host does, at which ana is logged on (session "1"), and bob ("2"). */
struct behaviour {
    bool silent;      /* never lists, never answers */
    bool breaks;      /* says that it cannot be reached */
    int code;         /* of each answer */
    int logoffs_vain; /* so many are accepted without consequence */
    bool undelivered;
    int64_t answer_us; /* when a button is pressed; 0: never */
    uint32_t answers;  /* at which label */
    bool yes;
    const char *own;
    bool waits;      /* on the clock on the wall, where signals are heard */
    uint64_t fields; /* to be read of everybody as the host is opened */
};

static struct {
    struct cf_backend *sim;
    struct cf_scenario *scenario;
    struct cf_request asked[8];
    size_t asked_count, logoffs;
} backend;

static struct cf_error err;

static void on_request(void *data, const struct cf_request *request)
{
    (void)data;
    assert_in_range(backend.asked_count, 0, 7);
    backend.asked[backend.asked_count++] = *request;
    backend.logoffs += request->action == CF_ACTION_LOGOFF || request->action == CF_ACTION_LOGOFF_FORCED;
}

static struct cf_session people[2]; /* who log on: at label 0 and 1 */

static struct cf_scenario *scenario_of(const struct behaviour *does)
{
    struct cf_script *script = cf_script_create((struct cf_instant){0});
    struct cf_event answer = {
        .at_us = does->answer_us, .kind = CF_EVENT_ANSWER, .label = does->answers, .argument = does->yes};
    for (uint32_t label = 0; label < 2; label++) {
        struct cf_event logon = {.kind = CF_EVENT_LOGON, .label = label, .logon = &people[label]};
        assert_int_equal(cf_script_add(script, &logon, &err), 0);
    }
    if (does->answer_us)
        assert_int_equal(cf_script_add(script, &answer, &err), 0);
    return cf_script_finish(script, 0);
}

static int log_on(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        cf_session_init(&people[i]);
        cf_session_set_string(&people[i], CF_FIELD_USER, i ? "bob" : "ana");
    }
    return 0;
}

static int log_off(void **state)
{
    (void)state;
    cf_scenario_destroy(backend.scenario);
    for (int i = 0; i < 2; i++)
        cf_session_finish(&people[i]);
    return 0;
}

static bool are_there(const struct cf_host *host, void *data)
{
    (void)data;
    return cf_registry_count(cf_host_sessions(host)) == 2;
}

static struct cf_host *open_host(struct behaviour does)
{
    struct cf_host *host = NULL;
    cf_scenario_destroy(backend.scenario);
    memset(&backend, 0, sizeof backend);
    err = (struct cf_error){0};
    backend.scenario = scenario_of(&does);
    const struct cf_sim_setup sim = {.scenario = backend.scenario,
                                     .faults = {.silent = does.silent ? 1000 : 0,
                                                .failing = does.code ? 1000 : 0,
                                                .code = does.code,
                                                .hanging = does.logoffs_vain > 0 ? 1000 : 0,
                                                .deaf = does.logoffs_vain > 1 ? 1000 : 0,
                                                .undelivered = does.undelivered ? 1000 : 0},
                                     .cannot = CF_SIM_KIND(CF_ACTION_DISCONNECT),
                                     .own = does.own,
                                     .lost = does.breaks ? "the bus is gone" : NULL,
                                     .on_request = on_request,
                                     .opened = &backend.sim};
    const struct cf_host_setup setup = {.backend = &cf_sim_ops,
                                        .backend_setup = &sim,
                                        .is_virtual = !does.waits,
                                        .after = does.fields ? CF_SECOND : (struct cf_span){0},
                                        .fields = does.fields};
    if (cf_host_open(&setup, &host, &err) == CF_OK)
        assert_true(cf_host_await(host, CF_SECOND, are_there, NULL));
    return host;
}

/* The n-th session's, from 1. */
static cf_session_key key_of(const struct cf_host *host, int n)
{
    cf_session_key key = 0;
    while (n-- > 0)
        key = cf_registry_next(cf_host_sessions(host), key);
    return key;
}

static void a_host_that_does_not_list_is_unavailable(void **state)
{
    (void)state;
    assert_null(open_host((struct behaviour){.silent = true}));
    assert_int_equal(err.code, CF_UNAVAILABLE);
    assert_null(open_host((struct behaviour){.breaks = true}));
    assert_int_equal(err.code, CF_UNAVAILABLE);
    assert_string_equal(err.text, "the bus is gone");
}

static void reads_everybody_by_the_time_it_is_open(void **state)
{
    (void)state;
    struct cf_host *host = open_host((struct behaviour){.fields = CF_FIELD_BIT(CF_FIELD_IDLE)});
    assert_int_equal(backend.asked_count, 2);
    for (int n = 1; n <= 2; n++) {
        assert_int_equal(backend.asked[n - 1].action, CF_ACTION_REFRESH);
        assert_true(cf_mono_known(cf_host_session(host, key_of(host, n))->last_input));
    }
    cf_host_close(host);
}

static void knows_the_callers_session(void **state)
{
    (void)state;
    static const struct {
        const char *own;
        int n;
    } cases[] = {{NULL, 0}, {"1", 1}, {"2", 2}, {"77", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cf_host *host = open_host((struct behaviour){.own = cases[i].own});
        assert_int_equal(cf_host_own(host), key_of(host, cases[i].n));
        cf_host_close(host);
    }
}

/* 0 only when the session is gone, whatever the host says. */
static void an_end_is_verified(void **state)
{
    (void)state;
    static const struct {
        int code, vain;
        bool forced;
        int result;
        size_t logoffs;
    } cases[] = {
        {CF_OK, 0, false, CF_OK, 1},         {CF_OK, 1, false, CF_OK, 2},
        {CF_OK, 2, false, CF_TIMEOUT, 2},    {CF_OK, 0, true, CF_OK, 1},
        {CF_OK, 2, true, CF_TIMEOUT, 1},     {CF_DENIED, 0, false, CF_DENIED, 1},
        {CF_FAILED, 0, false, CF_FAILED, 1}, {CF_TIMEOUT, 9, false, CF_TIMEOUT, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cf_host *host =
            open_host((struct behaviour){.code = cases[i].code, .logoffs_vain = cases[i].vain});
        cf_session_key ana = key_of(host, 1), bob = key_of(host, 2);
        assert_int_equal(cf_end_session(host, key_of(host, 1), cases[i].forced, NULL, &err), cases[i].result);
        assert_int_equal(backend.logoffs, cases[i].logoffs);
        assert_int_equal(cf_host_session(host, ana) == NULL, cases[i].result == CF_OK);
        assert_non_null(cf_host_session(host, bob));
        assert_int_equal(err.text[0] == '\0', cases[i].result == CF_OK);
        cf_host_close(host);
    }
}

static void a_silent_host_is_given_up(void **state)
{
    (void)state;
    struct cf_host *host = open_host((struct behaviour){0});
    cf_sim_faults(backend.sim)->silent = 1000;
    assert_int_equal(cf_end_session(host, key_of(host, 1), false, NULL, &err), CF_TIMEOUT);
    assert_non_null(strstr(err.text, "is still there"));
    cf_host_close(host);
}

static void a_warning_may_be_answered(void **state)
{
    (void)state;
    static const struct {
        int64_t answer_seconds;
        bool yes, undelivered;
        int code, result;
        int64_t waited_seconds;
    } cases[] = {
        {0, false, false, CF_OK, CF_OK, 300},  {60, true, false, CF_OK, CF_REFUSED, 60},
        {60, false, false, CF_OK, CF_OK, 300}, {301, true, false, CF_OK, CF_OK, 300},
        {0, false, true, CF_OK, CF_FAILED, 0}, {0, false, false, CF_DENIED, CF_DENIED, 0},
        {0, false, false, CF_GONE, CF_OK, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cf_host *host = open_host((struct behaviour){.answer_us = cases[i].answer_seconds * 1000000,
                                                            .yes = cases[i].yes,
                                                            .undelivered = cases[i].undelivered,
                                                            .code = cases[i].code});
        struct cf_mono before = cf_host_now(host);
        const struct cf_hand_warning how = {.ahead = cf_minutes(5)};
        struct cf_warned warned = {.key = key_of(host, 1), .text = "Bye"};
        assert_int_equal(cf_warn_sessions(host, &warned, 1, &how, &err), CF_OK);
        err = warned.err;
        assert_int_equal(warned.err.code, cases[i].result);
        assert_int_equal(cf_mono_since(before, cf_host_now(host)).us, cf_seconds(cases[i].waited_seconds).us);
        assert_int_equal(err.text[0] == '\0', cases[i].result == CF_OK);
        cf_host_close(host);
    }
}

static void count(void *data, struct cf_span left)
{
    assert_int_equal(left.us % CF_SECOND.us, 0);
    ++*(int *)data;
}

/* Several at once, of whom one answers: each has an outcome of its own, and somebody may count down. */
static void several_are_warned_at_once(void **state)
{
    (void)state;
    int seconds = 0;
    const struct cf_hand_warning how = {.ahead = cf_minutes(5), .tick = count, .data = &seconds};
    struct cf_host *host =
        open_host((struct behaviour){.answer_us = 60 * INT64_C(1000000), .answers = 1, .yes = true});
    struct cf_warned warned[] = {{.key = key_of(host, 1), .text = "a"},
                                 {.key = key_of(host, 2), .text = "b"}};
    struct cf_mono before = cf_host_now(host);
    assert_int_equal(cf_warn_sessions(host, warned, 2, &how, &err), CF_OK);
    assert_int_equal(cf_mono_since(before, cf_host_now(host)).us, cf_minutes(5).us);
    assert_int_equal(warned[0].err.code, CF_OK); /* only bob answers */
    assert_int_equal(warned[1].err.code, CF_REFUSED);
    assert_int_equal(seconds, 300);
    cf_host_close(host);
}

static void interrupt_once(void *data, struct cf_span left)
{
    (void)left;
    if (++*(int *)data == 1)
        (void)raise(SIGINT);
}

/* Nobody waits for an end that does not come. */
static void ctrl_c_takes_warnings_back(void **state)
{
    (void)state;
    int seconds = 0;
    const struct cf_hand_warning how = {.ahead = cf_minutes(5), .tick = interrupt_once, .data = &seconds};
    struct cf_host *host = open_host((struct behaviour){.waits = true});
    struct cf_warned warned[] = {{.key = key_of(host, 1), .text = "a"},
                                 {.key = key_of(host, 2), .text = "b"}};
    assert_int_equal(cf_warn_sessions(host, warned, 2, &how, &err), CF_FAILED);
    assert_string_equal(err.text, "interrupted: the warnings were taken back, and nobody was logged off");
    assert_int_equal(backend.asked_count, 4);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(backend.asked[2 + i].action, CF_ACTION_WITHDRAW);
        assert_int_equal(backend.asked[2 + i].notice, backend.asked[i].notice);
    }
    cf_host_close(host);
}

/* Whoever reads it knows when, and whether anything can be done. */
static void a_warning_says_when_and_how_to_stay(void **state)
{
    (void)state;
    static const struct {
        enum cf_staying staying;
        struct cf_span ahead;
        const char *text;
    } cases[] = {
        {CF_STAY_BY_COMMAND,
         {300000000},
         "Bye\nYou will be logged off at 14:35, in 5 minutes. To stay, say: curfew stay"},
        {CF_STAY_BY_BUTTON, {300000000}, "Bye\nYou will be logged off at 14:35, in 5 minutes."},
        {CF_STAY_NOT,
         {300000000},
         "Bye\nYou will be logged off at 14:35, in 5 minutes. This cannot be put off."},
        {CF_STAY_BY_BUTTON,
         {INT64_C(72000000000)},
         "Bye\nYou will be logged off at 2026-03-02 14:35, in 20 hours."},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cf_buffer text = {0};
        cf_warning_compose(&text, "Bye", cases[i].ahead, "2026-03-02 14:35:00", cases[i].staying);
        assert_string_equal(text.data, cases[i].text);
        cf_buffer_finish(&text);
    }
}

static void what_a_host_cannot_do_is_said(void **state)
{
    (void)state;
    struct cf_host *host = open_host((struct behaviour){0});
    assert_int_equal(cf_disconnect_session(host, key_of(host, 2), &err), CF_UNSUPPORTED);
    assert_non_null(strstr(err.text, "logoff 2"));
    cf_host_close(host);
}

static void each_is_told_by_itself(void **state)
{
    (void)state;
    struct cf_message message = {.text = "Lunch", .shown_for = cf_minutes(1), .acknowledged = true};
    struct cf_told told[2];
    struct cf_host *host = open_host((struct behaviour){.answer_us = 1000000, .answers = 1, .yes = true});
    cf_session_key both[] = {key_of(host, 1), key_of(host, 2)};
    struct cf_keys keys = {both, 2};
    assert_int_equal(cf_tell(host, &keys, &message, told),
                     1); /* the second's is answered, the first's is not */
    assert_int_equal(told[0].code, CF_FAILED);
    assert_string_equal(told[1].why, "");
    message.acknowledged = false;
    assert_int_equal(cf_tell(host, &keys, &message, told), 0);
    cf_host_close(host);
    host = open_host((struct behaviour){.code = CF_DENIED});
    assert_int_equal(cf_tell(host, &keys, &message, told), 2);
    assert_non_null(strstr(told[0].why, "denied"));
    cf_host_close(host);
}

static void a_request_brings_processes(void **state)
{
    (void)state;
    struct cf_host *host = open_host((struct behaviour){0});
    for (int i = 0; i < 2; i++) {
        const struct cf_event event = {.kind = CF_EVENT_JOB, .text = i ? "vim" : "bash", .argument = 1};
        assert_int_equal(cf_sim_apply(backend.sim, &event, &err), 0);
    }
    struct cf_command_request request = {
        .asked = {.action = CF_ACTION_PROCESSES,
                  .session = cf_host_session(host, key_of(host, 1))->identity}};
    cf_host_run(host, &request, 1, CF_SECOND);
    assert_int_equal(request.code, CF_OK);
    assert_string_equal(request.processes[1], "1001 vim");
    assert_null(request.processes[2]);
    cf_command_request_finish(&request);
    cf_host_close(host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_host_that_does_not_list_is_unavailable),
        cmocka_unit_test(reads_everybody_by_the_time_it_is_open),
        cmocka_unit_test(knows_the_callers_session),
        cmocka_unit_test(an_end_is_verified),
        cmocka_unit_test(a_silent_host_is_given_up),
        cmocka_unit_test(a_warning_may_be_answered),
        cmocka_unit_test(several_are_warned_at_once),
        cmocka_unit_test(ctrl_c_takes_warnings_back),
        cmocka_unit_test(a_warning_says_when_and_how_to_stay),
        cmocka_unit_test(what_a_host_cannot_do_is_said),
        cmocka_unit_test(each_is_told_by_itself),
        cmocka_unit_test(a_request_brings_processes),
    };
    return cmocka_run_group_tests(tests, log_on, log_off);
}
