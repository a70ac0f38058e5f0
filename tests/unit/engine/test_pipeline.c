/* One logoff, and everything that must stop it. */
#include "rig.h"

static const struct cf_span limit = {30 * INT64_C(60000000)}, first = {5 * INT64_C(60000000)};

static void wait_idle(struct cf_task *task, struct cf_span span)
{
    cf_task_wait(task,
                 &(struct cf_wait){.kind = CF_WAIT_IDLE, .session = cf_task_session(task), .span = span});
}

static void wait_life(struct cf_task *task, struct cf_span span)
{
    struct cf_mono until = cf_mono_add(cf_loop_now(rig.loop), span);
    cf_task_wait(task,
                 &(struct cf_wait){.kind = CF_WAIT_LIFE, .session = cf_task_session(task), .until = until});
}

static void sleep_for(struct cf_task *task, struct cf_span span)
{
    struct cf_mono until = cf_mono_add(cf_loop_now(rig.loop), span);
    cf_task_wait(task, &(struct cf_wait){.kind = CF_WAIT_UNTIL, .until = until});
}

static void warn(struct cf_task *task, struct cf_span left)
{
    cf_task_warn(task, cf_task_session(task), &(struct cf_warning){.text = "soon", .left = left});
}

static void log_off(struct cf_task *task)
{
    cf_task_act(task, CF_ACTION_LOGOFF, cf_task_session(task), "idle", false, 7);
}

/* The idle policy, in C. */
static enum cf_step idle(struct cf_task *task, int step, const struct cf_result *result)
{
    switch (step) {
    case 0: wait_idle(task, (struct cf_span){limit.us - first.us}); break;
    case 1: warn(task, first); break;
    case 2: wait_life(task, first); break;
    case 3:
        if (result->truth)
            return CF_STEP_RETURNED;
        log_off(task);
        break;
    default: return CF_STEP_RETURNED;
    }
    return CF_STEP_WAITING;
}

static void expect(const char *journal)
{
    assert_string_equal(rig.journalled, journal);
}

static void test_idle_session_is_logged_off(void **state)
{
    (void)state;
    rig_start(idle, NULL);
    rig_run_to((struct cf_span){limit.us - 1});
    expect("warn ");
    rig_run_to(limit);
    expect("warn logoff ended ");
    assert_false(rig.host.present);
    assert_false(rig.last_unwarned);
    assert_int_equal(cf_registry_count(cf_engine_registry(rig.engine)), 0);
}

static void test_input_rearms_without_the_script(void **state)
{
    (void)state;
    rig_start(idle, NULL);
    for (int minute = 20; minute < 200; minute += 20) {
        rig_run_to(cf_minutes(minute));
        rig_type();
    }
    rig_run_to(cf_minutes(200));
    expect("");
    const struct cf_engine_counts *counts = cf_engine_counts(rig.engine);
    assert_int_equal(counts->resumes, 0);
    assert_true(counts->refreshes <= 9); /* one look a due deadline, none in between */
}

static void test_input_in_the_countdown(void **state)
{
    (void)state;
    rig_start(idle, NULL);
    rig_run_to(cf_minutes(27));
    rig_type();
    rig_run_to(cf_minutes(51));
    expect("warn stays ");
    assert_int_equal(rig.host.withdrawals, 1);
    rig_run_to(cf_minutes(60));
    expect("warn stays warn logoff ended ");
}

/* Looks at the session's field, once, a second before the idle policy does. */
static enum cf_field looked_at;

static enum cf_step look(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)result;
    if (step == 0)
        sleep_for(task, (struct cf_span){limit.us - first.us - CF_SECOND.us});
    else if (step == 1)
        cf_task_look(task, cf_task_session(task), looked_at);
    else
        return CF_STEP_RETURNED;
    return CF_STEP_WAITING;
}

/* What a directory, or a process, does not answer delays nothing that does not rest on it. */
static void test_what_hangs_delays_nobody_else(void **state)
{
    (void)state;
    static const enum cf_field hanging[] = {CF_FIELD_GROUPS, CF_FIELD_LANGUAGE};
    for (size_t i = 0; i < sizeof hanging / sizeof *hanging; i++) {
        looked_at = hanging[i];
        rig.host.hanging = CF_FIELD_BIT(looked_at);
        rig.host.can.fields[looked_at] = CF_SUPPLY_SAMPLED;
        rig.translates = true;
        rig_start(idle, look);
        rig_run_to((struct cf_span){limit.us - first.us});
        expect("warn "); /* at once */
        assert_true(rig.host.refreshed & rig.host.hanging);
        rig_run_to(limit);
        expect("warn logoff ended ");
        (void)rig_tear_down(state);
        (void)rig_set_up(state);
    }
    rig_start(idle, NULL);
}

/* The language is asked for as the session comes, once more a minute later, and after a warning. */
static void test_language_is_asked_for_early(void **state)
{
    (void)state;
    rig.host.can.fields[CF_FIELD_LANGUAGE] = CF_SUPPLY_SAMPLED;
    rig.translates = true;
    rig_start(idle, NULL);
    rig_run_to(CF_SECOND);
    assert_int_equal(rig.host.refreshes, 1);
    rig_run_to(cf_minutes(24));
    assert_int_equal(rig.host.refreshes, 2);
    rig.host.refreshed = 0;
    rig_run_to((struct cf_span){limit.us - first.us});
    expect("warn ");
    assert_true(rig.host.refreshed & CF_FIELD_BIT(CF_FIELD_LANGUAGE));
    (void)rig_tear_down(state);
    (void)rig_set_up(state);

    rig.host.can.fields[CF_FIELD_LANGUAGE] = CF_SUPPLY_SAMPLED; /* and no more once it is known */
    rig.translates = true;
    cf_session_set_string(&rig.host.session, CF_FIELD_LANGUAGE, "pt_BR");
    rig_start(idle, NULL);
    rig_run_to(CF_SECOND);
    rig.host.refreshed = 0;
    rig_run_to(limit);
    expect("warn logoff ended ");
    assert_false(rig.host.refreshed & CF_FIELD_BIT(CF_FIELD_LANGUAGE));
    (void)rig_tear_down(state);
    (void)rig_set_up(state);

    rig.host.can.fields[CF_FIELD_LANGUAGE] = CF_SUPPLY_SAMPLED; /* nor where nobody would be told in it */
    rig_start(idle, NULL);
    rig_run_to(limit);
    assert_false(rig.host.refreshed & CF_FIELD_BIT(CF_FIELD_LANGUAGE));
}

static int readings;

static void read_again(void *data, int code)
{
    assert_int_equal(code, CF_OK);
    if (++readings < 3)
        cf_engine_read(rig.engine, cf_registry_next(cf_engine_registry(rig.engine), 0), read_again, data);
}

/* Who asks as an answer comes is told of a reading of their own, not of that one. */
static void test_asked_again(void **state)
{
    (void)state;
    readings = 0;
    rig_start(idle, NULL);
    rig_run_to(CF_SECOND);
    rig.host.refreshes = 0;
    cf_engine_read(rig.engine, cf_registry_next(cf_engine_registry(rig.engine), 0), read_again, NULL);
    rig_run_to(cf_seconds(2));
    assert_int_equal(readings, 3);
    assert_int_equal(rig.host.refreshes, 3);
}

static struct cf_mono resumed;
static bool awaits;

static enum cf_step await(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)result;
    if (step > 1 || cf_engine_counts(rig.engine)->starts > 1)
        return CF_STEP_RETURNED;
    awaits = cf_task_await_language(task, cf_task_session(task));
    assert_int_equal(awaits, step == 0);
    resumed = cf_loop_now(rig.loop);
    if (step == 1)
        wait_idle(task, cf_minutes(10)); /* for which it reads something else */
    return CF_STEP_WAITING;
}

/* Who warns as a session comes waits for what its user reads, but for no more than a second. */
static void test_language_is_awaited_for_a_second(void **state)
{
    (void)state;
    rig.host.can.fields[CF_FIELD_LANGUAGE] = CF_SUPPLY_SAMPLED;
    rig.host.hanging = CF_FIELD_BIT(CF_FIELD_LANGUAGE);
    rig.translates = true;
    awaits = true;
    rig_start(await, NULL);
    struct cf_mono began = cf_loop_now(rig.loop);
    rig_run_to(CF_MINUTE);
    assert_false(awaits);
    assert_int_equal(resumed.us - began.us, CF_SECOND.us);
    rig_run_to(cf_minutes(9));
    assert_int_equal(cf_engine_counts(rig.engine)->starts, 1);
    rig_run_to(cf_minutes(10));
    assert_int_equal(cf_engine_counts(rig.engine)->starts, 2);
    assert_string_equal(rig.journalled, "");
}

/* The reading said idle; a key was pressed before the system call. */
static void test_stale_at_the_last_moment(void **state)
{
    (void)state;
    rig_start(idle, NULL);
    rig.host.stale = true;
    rig_run_to(limit);
    expect("warn logoff refused stays warn "); /* and from the beginning */
    assert_true(rig.host.present);
}

static enum cf_step unwarned(struct cf_task *task, int step, const struct cf_result *result)
{
    if (step == 0)
        wait_idle(task, limit);
    else if (step == 1)
        log_off(task);
    else {
        assert_int_equal(result->code, CF_REFUSED);
        return CF_STEP_RETURNED;
    }
    return CF_STEP_WAITING;
}

static void test_nobody_goes_unwarned(void **state)
{
    (void)state;
    rig_start(unwarned, NULL);
    rig_run_to((struct cf_span){limit.us + CF_MINUTE.us});
    expect("refused refused refused "); /* at once, begun afresh, and a minute later: not in a busy circle */
    assert_string_equal(rig.last_text, "nobody was warned");
    assert_int_equal(rig.host.logoffs, 0);
}

static void test_an_undelivered_warning_is_none(void **state)
{
    (void)state;
    rig.host.warn_code = CF_FAILED; /* whatever else the host says */
    rig_start(idle, NULL);
    rig_run_to(limit);
    expect("warn failed refused warn failed ");
    assert_int_equal(rig.failed_code, CF_FAILED);
    assert_true(rig.host.present);
    (void)rig_tear_down(state);
    (void)rig_set_up(state);

    rig.host.undelivered = true;
    rig_start(idle, NULL);
    rig_run_to(limit);
    assert_int_equal(rig.failed_code, CF_FAILED);
    expect("warn failed refused warn failed ");
    assert_true(rig.host.present);
}

/* What was out of reach, its terminals among it, is tried again at once. */
static void test_tries_begin_anew_with_the_host(void **state)
{
    (void)state;
    rig.host.undelivered = true;
    rig_start(idle, NULL);
    rig_run_to(
        (struct cf_span){limit.us + cf_minutes(21).us}); /* tried after 20 minutes, and next after 40 */
    size_t so_far = strlen(rig.journalled);
    rig_run_to((struct cf_span){limit.us + cf_minutes(23).us});
    assert_int_equal(strlen(rig.journalled), so_far);
    rig.host.sink.reachable(rig.host.sink.data, NULL);
    rig_run_to((struct cf_span){limit.us + cf_minutes(26).us});
    assert_true(strlen(rig.journalled) > so_far);
}

static void test_a_warning_may_go_another_way(void **state)
{
    (void)state;
    rig.host.another_way = "it went by mail";
    rig_start(idle, NULL);
    rig_run_to(limit);
    expect("warn sent logoff ended ");
    assert_false(rig.host.present);
}

static struct cf_span young_wait, announced;

static enum cf_step young(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)result;
    switch (step) {
    case 0: warn(task, announced); break;
    case 1: sleep_for(task, young_wait); break;
    case 2: log_off(task); break;
    default: return CF_STEP_RETURNED;
    }
    return CF_STEP_WAITING;
}

static void test_age_of_a_warning(void **state)
{
    (void)state;
    static const struct {
        int64_t wait_s, announced_s;
        bool ends;
    } table[] = {
        {54, 0, false}, {55, 0, true},   /* milliseconds, or five seconds, late for its minute: it waits for
                                            them */
        {60, 60, true}, {60, 66, false}, /* it promised more */
        {60, 65, true}, {359, 60, true}, {361, 60, false}, /* long past what it announced */
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        young_wait = cf_seconds(table[i].wait_s);
        announced = table[i].announced_s ? cf_seconds(table[i].announced_s) : (struct cf_span){CF_UNKNOWN_US};
        rig_start(young, NULL);
        int64_t due_s = table[i].wait_s > 60 ? table[i].wait_s : 60;
        if (table[i].announced_s > due_s)
            due_s = table[i].announced_s;
        rig_run_to((struct cf_span){due_s * CF_SECOND.us - 1});
        assert_true(rig.host.present); /* never before its minute, nor before what it promised */
        rig_run_to(cf_seconds(due_s));
        assert_int_equal(rig.host.present, !table[i].ends);
        (void)rig_tear_down(state);
        (void)rig_set_up(state);
    }
    rig_start(idle, NULL);
}

static void test_disconnected_needs_no_warning(void **state)
{
    (void)state;
    rig.host.session.disconnected = CF_TRI_YES;
    rig.host.session.disconnected_since.us = 0;
    rig_start(unwarned, NULL);
    rig_run_to(limit);
    expect("logoff ended ");
}

static void test_guards(void **state)
{
    (void)state;
    for (int guard = 0; guard < 5; guard++) {
        struct cf_session *session = &rig.host.session;
        if (guard == 0)
            session->uid = 0;
        else if (guard == 1)
            session->uid = 999;
        else if (guard == 2)
            session->uid = CF_NUMBER_UNKNOWN;
        else if (guard == 3)
            session->console = CF_TRI_UNKNOWN;
        else
            session->identity.birth = 0;
        rig_start(idle, NULL);
        rig_run_to(cf_minutes(120));
        expect(""); /* not even warned */
        assert_true(rig.host.present);
        (void)rig_tear_down(state);
        (void)rig_set_up(state);
    }
    rig.config.protect_console = false;
    rig.host.session.console = CF_TRI_YES;
    rig_start(idle, NULL);
    rig_run_to(limit);
    expect("warn logoff ended ");
}

/* A run of no session's own, which may come across any. */
static enum cf_step sweep(struct cf_task *task, int step, const struct cf_result *result)
{
    cf_session_key session = cf_engine_next_session(rig.engine, 0);
    if (step == 0)
        cf_task_act(task, CF_ACTION_LOGOFF, session, "swept out", true, 1);
    else
        assert_int_equal(result->code, CF_REFUSED);
    return step == 0 ? CF_STEP_WAITING : CF_STEP_RETURNED;
}

/* It may be another person's by now, under the same id. */
static void test_a_session_of_unknown_birth_is_never_acted_on(void **state)
{
    (void)state;
    rig.host.session.identity.birth = 0;
    rig.declare = rig_declare_hourly;
    rig.policies[1].unwarned = true;
    rig_start(idle, sweep);
    rig_run_to(cf_minutes(90));
    expect("refused ");
    assert_string_equal(rig.last_text,
                        "nobody knows when the session began, so it may be another one by now");
    assert_int_equal(rig.host.logoffs, 0);
}

static cf_session_key met;

/* Remembers a session, and actions on it an hour later. */
static enum cf_step remember(struct cf_task *task, int step, const struct cf_result *result)
{
    if (step == 0)
        met = cf_engine_next_session(rig.engine, 0);
    if (step == 0)
        sleep_for(task, CF_HOUR);
    else if (step == 1)
        cf_task_act(task, CF_ACTION_LOCK, met, "met before", false, 1);
    else
        assert_int_equal(result->code, CF_GONE);
    return step < 2 ? CF_STEP_WAITING : CF_STEP_RETURNED;
}

static void leaves(void);

static void test_a_session_that_has_gone_is_not_acted_on(void **state)
{
    (void)state;
    rig.declare = rig_declare_hourly;
    rig_start(idle, remember);
    rig.host.session.uid = 0; /* not the first policy's */
    rig.host.sink.seen(rig.host.sink.data, &rig.host.session, CF_FIELD_BIT(CF_FIELD_UID));
    rig_run_to(cf_minutes(90));
    leaves();
    rig_run_to(cf_minutes(121));
    expect("");
}

/* The host does not tell when it knows: it is asked, and the limit counts from there. */
static void test_idle_time_that_becomes_known(void **state)
{
    (void)state;
    rig.host.session.last_input = CF_MONO_UNKNOWN;
    rig_start(idle, NULL);
    rig_run_to(cf_minutes(60));
    rig.host.session.last_input.us = 0;
    rig_run_to(cf_minutes(120));
    expect("warn logoff ended ");
}

static void test_unknown_is_never_idle(void **state)
{
    (void)state;
    rig.host.session.last_input = CF_MONO_UNKNOWN;
    rig_start(idle, NULL);
    rig_run_to(cf_minutes(600));
    expect("");
    assert_true(rig.host.refreshes <= 600 / 25 + 2);
}

/* A host that fails to be read, or does not answer at all: nobody knows, so nobody goes. */
static void test_failed_readings(void **state)
{
    (void)state;
    rig_start(idle, NULL);
    rig.host.fails = CF_FAILED;
    rig_run_to(cf_minutes(60));
    expect("");
    rig.host.silent = true;
    rig_run_to(cf_minutes(120));
    expect("");
    rig.host.silent = false;
    rig.host.fails = CF_OK;
    rig_run_to(cf_minutes(130));
    expect("warn logoff ended ");
}

/* The last reading fails: the countdown was right, and still nobody goes. */
static void test_failed_last_reading(void **state)
{
    (void)state;
    rig_start(idle, NULL);
    rig_run_to(cf_minutes(26));
    rig.host.fails = CF_FAILED;
    rig_run_to((struct cf_span){limit.us + 55 * CF_SECOND.us});
    expect("warn "); /* it is tried again for a minute: nobody knows whether somebody was there */
    rig_run_to((struct cf_span){limit.us + 66 * CF_SECOND.us});
    expect("warn stays ");
    assert_string_equal(rig.last_text, "nobody knows whether the session is in use");
    assert_int_equal(rig.host.logoffs, 0);
}

/* Hours, and nothing else: whoever works until the end is logged off, and the entry says so. */
static enum cf_step hours(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)result;
    switch (step) {
    case 0: warn(task, first); break;
    case 1: sleep_for(task, first); break;
    case 2: log_off(task); break;
    default: return CF_STEP_RETURNED;
    }
    return CF_STEP_WAITING;
}

static void test_a_logoff_in_mid_use_says_so(void **state)
{
    (void)state;
    for (int types = 0; types < 2; types++) {
        rig.host.hangs = true;
        rig_start(hours, NULL);
        rig_run_to(cf_minutes(4));
        if (types)
            rig_type();
        rig_run_to(cf_minutes(5));
        expect("warn logoff ");
        assert_int_equal(rig.last_in_use, types);
        rig_run_to(cf_minutes(6));
        expect("warn logoff force ended ");
        assert_false(rig.last_in_use); /* it is the decision's, not its outcome's */
        (void)rig_tear_down(state);
        (void)rig_set_up(state);
    }
    rig_start(idle, NULL);
}

/* Rests on the session being locked, and does without a warning. */
static enum cf_step locked(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)result;
    struct cf_wait wait = {.kind = CF_WAIT_CONDITION, .session = cf_task_session(task), .function = 1};
    wait.until = CF_MONO_UNKNOWN;
    if (step == 0)
        cf_task_wait(task, &wait);
    else if (step == 1 && rig.policies[0].unwarned)
        cf_task_act(task, CF_ACTION_LOGOFF, cf_task_session(task), "locked", true, 1);
    else if (step == 1)
        warn(task, first);
    else
        sleep_for(task, CF_DAY);
    return CF_STEP_WAITING;
}

/* The same, and on its user having been away for a minute. */
static enum cf_step locked_and_idle(struct cf_task *task, int step, const struct cf_result *result)
{
    if (step == 1)
        wait_idle(task, CF_MINUTE);
    else
        return locked(task, step ? step - 1 : 0, result);
    return CF_STEP_WAITING;
}

static void lock(enum cf_tri locked)
{
    rig.host.session.locked = locked;
    rig.host.sink.seen(rig.host.sink.data, &rig.host.session, CF_FIELD_BIT(CF_FIELD_LOCKED));
}

static void test_why_somebody_is_warned(void **state)
{
    (void)state;
    static const struct {
        rig_script *script;
        const char *reason;
    } table[] = {{idle, "idle for 25 minutes"},
                 {hours, "its time has come"},
                 {locked, "what the policy waited for is so"}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        rig_start(table[i].script, NULL);
        lock(CF_TRI_YES);
        for (int minute = 0; minute < 26 && !rig.journalled[0]; minute++)
            rig_run_to(cf_minutes(minute));
        expect("warn ");
        assert_string_equal(rig.last_reason, table[i].reason);
        (void)rig_tear_down(state);
        (void)rig_set_up(state);
    }
    rig_start(idle, NULL);
}

/* ---- Between the row and the action ---- */

static void is_not_meant(void)
{
    cf_session_set_string(&rig.host.session, CF_FIELD_CLASS, "greeter");
    rig.host.sink.seen(rig.host.sink.data, &rig.host.session, CF_FIELD_BIT(CF_FIELD_CLASS));
}

static void leaves(void)
{
    rig.host.present = false;
    rig.host.sink.gone(rig.host.sink.data, &rig.host.session.identity);
}

static void leaves_unnoticed(void)
{
    rig.host.present = false;
}

static void is_unlocked(void)
{
    lock(CF_TRI_NO);
}

static void may_be_unlocked(void)
{
    lock(CF_TRI_UNKNOWN);
}

static void falls_silent(void)
{
    rig.host.silent = true;
}

static void cannot_keep(void)
{
    rig.keep_code = CF_FAILED;
}

/* Each decision in the journal has an outcome there. */
static void test_what_happens_while_the_row_is_written(void **state)
{
    (void)state;
    static const struct {
        enum cf_what row;
        void (*at_row)(void);
        bool dry, hangs;
        int64_t keeping_s;
        const char *journal, *text;
        rig_script *script; /* NULL: hours */
    } table[] = {
        {CF_WHAT_LOGOFF, is_not_meant, .journal = "warn logoff stays refused ",
         .text = "its run ended before it could be done"},
        {CF_WHAT_LOGOFF, leaves, .journal = "warn logoff ended ", .text = "it had ended by itself"},
        {CF_WHAT_LOGOFF, leaves, .dry = true, .journal = "dry-warn dry-logoff dry-refused ",
         .text = "its run ended before it could be done"},
        {CF_WHAT_LOGOFF, leaves_unnoticed, .journal = "warn logoff ended ", .text = "it had ended by itself"},
        /* The host does not say whether it heard: it may have, and so it is waited for, and forced. */
        {CF_WHAT_LOGOFF, falls_silent, .journal = "warn logoff force ",
         .text = "the session did not end by itself"},
        {CF_WHAT_FORCE, cannot_keep, .hangs = true, .journal = "warn logoff force failed ",
         .text = "the journal could not be written, so the session was not forced to end"},
        {CF_WHAT_FORCE, leaves, .hangs = true, .journal = "warn logoff force ended ", .text = "idle"},
        /* By then nobody remembers the warning. */
        {CF_WHAT_LOGOFF, NULL, .keeping_s = 400, .journal = "warn logoff refused ",
         .text = "the time that the warning announced is long past"},
        {CF_WHAT_LOGOFF, NULL, .keeping_s = 400, .journal = "warn logoff refused ",
         .text = "the time that the warning announced is long past", .script = idle},
        {CF_WHAT_LOGOFF, is_unlocked, .journal = "logoff refused ", .text = "the session was unlocked",
         .script = locked},
        {CF_WHAT_LOGOFF, may_be_unlocked, .journal = "logoff refused ", .text = "the session was unlocked",
         .script = locked_and_idle},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        rig.row = table[i].row;
        rig.at_row = table[i].at_row;
        rig.keeping = cf_seconds(table[i].keeping_s);
        rig.host.hangs = table[i].hangs;
        rig.config.mode = table[i].dry ? CF_MODE_DRY : CF_MODE_ACT;
        rig.policies[0].unwarned = table[i].script == locked || table[i].script == locked_and_idle;
        rig_start(table[i].script ? table[i].script : hours, NULL);
        lock(CF_TRI_YES);
        for (int second = 0; second < 2700 && strlen(rig.journalled) < strlen(table[i].journal); second++)
            rig_run_to(cf_seconds(second));
        assert_memory_equal(rig.journalled, table[i].journal, strlen(table[i].journal));
        assert_non_null(strstr(rig.texts, table[i].text));
        rig_run_to((struct cf_span){cf_loop_now(rig.loop).us + CF_SECOND.us});
        if (table[i].at_row == leaves) /* and that is all */
            expect(table[i].journal);
        if (table[i].at_row == leaves && table[i].row == CF_WHAT_FORCE)
            assert_string_equal(rig.last_text, ""); /* nobody forced it */
        (void)rig_tear_down(state);
        (void)rig_set_up(state);
    }
    rig_start(idle, NULL);
}

/* The script does not listen, and the reading before the action has news. */
static enum cf_step deaf(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)result;
    switch (step) {
    case 0: warn(task, first); break;
    case 1: wait_life(task, first); break;
    case 2: sleep_for(task, cf_seconds(30)); break;
    case 3: log_off(task); break;
    default: return CF_STEP_RETURNED;
    }
    return CF_STEP_WAITING;
}

static void test_who_asked_for_activity_ends_nobody_who_was_active(void **state)
{
    (void)state;
    rig_start(deaf, NULL);
    rig_run_to((struct cf_span){first.us + 10 * CF_SECOND.us});
    rig_type();
    rig_run_to((struct cf_span){first.us + 40 * CF_SECOND.us});
    expect("warn refused stays warn "); /* of the next run */
    assert_int_equal(rig.host.logoffs, 0);
}

/* The row took its time, and somebody came back meanwhile. */
static void test_input_while_the_row_is_written(void **state)
{
    (void)state;
    rig_script *const scripts[] = {idle, deaf};
    for (int i = 0; i < 2; i++) {
        rig_start(scripts[i], NULL);
        rig_run_to((struct cf_span){(i == 0 ? limit.us : first.us) + (i == 0 ? -1 : 29) * CF_SECOND.us});
        rig.types_meanwhile = true;
        rig_run_to((struct cf_span){(i == 0 ? limit.us : first.us) + 40 * CF_SECOND.us});
        assert_int_equal(rig.host.logoffs, 0);
        assert_non_null(strstr(rig.journalled, "warn logoff refused stays "));
        (void)rig_tear_down(state);
        (void)rig_set_up(state);
    }
    rig_start(idle, NULL);
}

/* Who rests on nothing asks the host for nothing that input could make stale. */
static void test_input_while_the_row_is_written_for_who_rests_on_nothing(void **state)
{
    (void)state;
    rig_start(hours, NULL);
    rig.types_meanwhile = true;
    rig_run_to(cf_minutes(6));
    expect("warn logoff ended ");
}

/* A warning is shown whatever its user does, and its countdown takes it back. */
static void test_input_while_the_row_of_a_warning_is_written(void **state)
{
    (void)state;
    rig_start(idle, NULL);
    rig.types_meanwhile = true;
    rig_run_to(cf_minutes(26));
    expect("warn stays ");
}

static void test_another_session_under_the_same_id(void **state)
{
    (void)state;
    rig_start(idle, NULL);
    rig_run_to(cf_minutes(29));
    rig.host.session.identity.birth++; /* ana left, and ben got her id, before anybody told the engine */
    rig_run_to(limit);
    assert_int_equal(rig.host.logoffs, 0);
    assert_true(rig.host.present);
}

static void test_hung_logoff_is_forced(void **state)
{
    (void)state;
    rig.host.hangs = true;
    rig_start(idle, NULL);
    rig_run_to((struct cf_span){limit.us + 9 * CF_SECOND.us});
    expect("warn logoff ");
    rig_run_to((struct cf_span){limit.us + 10 * CF_SECOND.us});
    expect("warn logoff force ended ");
    assert_string_equal(rig.last_text, "ended by force");
}

/* Whoever has left is not waited for, whatever the host still answers. */
static void test_gone_before_the_host_answers(void **state)
{
    (void)state;
    rig_start(idle, NULL);
    rig_run_to((struct cf_span){limit.us - 1});
    rig.row = CF_WHAT_LOGOFF;
    rig.at_row = falls_silent;
    rig_run_to((struct cf_span){limit.us + 5 * CF_SECOND.us});
    leaves();
    rig_run_to((struct cf_span){limit.us + cf_minutes(5).us});
    expect("warn logoff ended ");
}

static enum cf_step locks(struct cf_task *task, int step, const struct cf_result *result)
{
    if (step == 0)
        cf_task_act(task, CF_ACTION_LOCK, cf_task_session(task), "a test", false, 1);
    else
        assert_int_equal(result->code, CF_GONE);
    return step == 0 ? CF_STEP_WAITING : CF_STEP_RETURNED;
}

/* The host knows it before the engine does. */
static void test_gone_as_the_host_answers(void **state)
{
    (void)state;
    static const struct {
        rig_script *script;
        enum cf_what row;
        const char *journal;
    } table[] = {{locks, CF_WHAT_LOCK, "lock "}, {hours, CF_WHAT_WARN, "warn failed "}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        rig.row = table[i].row;
        rig.at_row = leaves_unnoticed;
        rig_start(table[i].script, NULL);
        rig_run_to(CF_SECOND);
        expect(table[i].journal);
        assert_int_equal(cf_engine_counts(rig.engine)->resumes, 1);
        (void)rig_tear_down(state);
        (void)rig_set_up(state);
    }
    rig_start(idle, NULL);
}

/* The engine knows it before the host does. */
static void test_an_answer_about_a_session_that_has_gone(void **state)
{
    (void)state;
    for (int way = 0; way < 3; way++) {
        rig.host.holds_warnings = rig.host.unaware = true;
        rig.host.undelivered = way == 1;
        rig.host.warn_code = way == 2 ? CF_FAILED : CF_OK;
        rig_start(idle, NULL);
        rig_run_to(cf_minutes(25));
        leaves();
        rig_release();
        rig_run_to(cf_minutes(26));
        expect(way == 0 ? "warn " : "warn failed ");
        (void)rig_tear_down(state);
        (void)rig_set_up(state);
    }
    rig_start(idle, NULL);
}

/* The engine was told of the input, and yet goes by what it knew when it decided. */
static void test_who_comes_back_is_not_forced(void **state)
{
    (void)state;
    rig.host.hangs = true;
    rig_start(idle, NULL);
    rig_run_to((struct cf_span){limit.us + 5 * CF_SECOND.us});
    rig_type();
    rig.host.sink.seen(rig.host.sink.data, &rig.host.session, CF_FIELD_BIT(CF_FIELD_IDLE));
    rig_run_to((struct cf_span){limit.us + CF_MINUTE.us});
    expect("warn logoff force refused stays ");
    assert_true(rig.host.present);
}

static void begins_to_close(void)
{
    rig.host.session.closing = CF_TRI_YES;
    rig.host.sink.seen(rig.host.sink.data, &rig.host.session, CF_FIELD_BIT(CF_FIELD_CLOSING));
}

/* What the host was asked for may come to pass after it was given up: that is the outcome. */
static void test_an_end_after_all(void **state)
{
    (void)state;
    static const struct {
        bool closes, types;
        int64_t after_s;
        bool ended;
    } table[] = {
        {.closes = true, .after_s = 3000, .ended = true},
        {.closes = true, .types = true, .after_s = 3000, .ended = true},
        {.closes = false, .after_s = 5, .ended = true},
        {.closes = false, .after_s = 11}, /* of the user's own accord: limits.ends is 10 s */
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        rig.host.hangs = rig.host.deaf_to_force = true;
        rig_start(idle, NULL);
        rig_run_to((struct cf_span){limit.us + CF_SECOND.us});
        if (table[i].closes)
            begins_to_close();
        if (table[i].types)
            rig_type();
        rig_run_to((struct cf_span){limit.us + 20 * CF_SECOND.us});
        assert_non_null(strstr(rig.journalled, table[i].types ? "force refused " : "force failed "));
        rig_run_to((struct cf_span){limit.us + (20 + table[i].after_s) * CF_SECOND.us});
        rig.host.present = false;
        rig.host.sink.gone(rig.host.sink.data, &rig.host.session.identity);
        assert_int_equal(strstr(rig.journalled, "ended ") != NULL, table[i].ended);
        (void)rig_tear_down(state);
        (void)rig_set_up(state);
    }
    rig_start(idle, NULL);
}

/* Input from before the warning is no use of the session after it. */
static void test_a_logoff_of_who_left_says_nothing_of_use(void **state)
{
    (void)state;
    rig.host.hangs = true;
    rig_start(idle, NULL);
    rig_run_to(CF_MINUTE);
    rig_type();
    rig_run_to(cf_minutes(31));
    expect("warn logoff ");
    assert_false(rig.last_in_use);
}

static void test_nothing_helps(void **state)
{
    (void)state;
    rig.host.hangs = rig.host.deaf_to_force = true;
    rig_start(idle, NULL);
    rig_run_to((struct cf_span){limit.us + 20 * CF_SECOND.us});
    expect("warn logoff force failed stays warn ");
    assert_int_equal(cf_engine_counts(rig.engine)->failed, 1);
}

static void test_journal_that_cannot_be_written(void **state)
{
    (void)state;
    rig_start(idle, NULL);
    rig_run_to(cf_minutes(26));
    rig.keep_code = CF_FAILED;
    rig_run_to(limit);
    expect("warn logoff stays warn ");
    assert_int_equal(rig.host.logoffs, 0);
    assert_int_equal(rig.host.warnings, 1);
}

static void test_dry_run(void **state)
{
    (void)state;
    rig.config.mode = CF_MODE_DRY;
    rig_start(idle, NULL);
    rig_run_to(cf_minutes(300));
    expect("dry-warn dry-logoff ");
    assert_int_equal(rig.host.warnings + rig.host.logoffs + rig.host.withdrawals, 0);
    rig_type(); /* a sign of life ends the parking; then all over again */
    rig_run_to(cf_minutes(300 + 41));
    expect("dry-warn dry-logoff dry-warn dry-logoff ");
}

static void test_warn_only(void **state)
{
    (void)state;
    rig.policies[0].mode = CF_MODE_WARN;
    rig_start(idle, NULL);
    rig_run_to(cf_minutes(60));
    expect("warn dry-logoff ");
    assert_int_equal(rig.host.withdrawals, 1);
    assert_int_equal(rig.host.warnings, 1);
    assert_int_equal(rig.host.logoffs, 0);
}

static void test_leaving_in_mid_action(void **state)
{
    (void)state;
    for (int minute = 0; minute <= 31; minute++) {
        rig.host.hangs = true;
        rig_start(idle, NULL);
        rig_run_to(cf_minutes(minute));
        rig.host.present = false;
        rig.host.sink.gone(rig.host.sink.data, &rig.host.session.identity);
        rig_run_to(cf_minutes(60));
        assert_null(strstr(rig.journalled, "stays")); /* nobody is left to be told */
        (void)rig_tear_down(state);
        (void)rig_set_up(state);
    }
    rig_start(idle, NULL);
}

static void test_two_policies_one_session(void **state)
{
    (void)state;
    rig_start(idle, idle);
    rig_run_to(limit);
    expect("warn warn refused stays logoff ended "); /* the other's warning stood before its own */
    assert_int_equal(rig.host.logoffs, 1);
}

/* Whoever asks at one instant shares one reading, and believes it. */
static void test_one_reading_for_two(void **state)
{
    (void)state;
    rig_start(idle, idle);
    rig_run_to((struct cf_span){25 * CF_MINUTE.us - 1});
    int before = rig.host.refreshes;
    rig_run_to(cf_minutes(25));
    expect("warn warn "); /* the first one makes way for the second, which ends no later */
    assert_int_equal(rig.host.refreshes - before, 2); /* and one more, as the countdown begins */
}

/* The run starts afresh while its warning is on its way to the screen: what comes too late is taken back. */
static void test_a_warning_that_comes_too_late(void **state)
{
    (void)state;
    rig.host.holds_warnings = true;
    rig_start(idle, NULL);
    rig_run_to(cf_minutes(25));
    rig_type();
    cf_engine_restart(rig.engine, "a test");
    rig_release();
    rig_run_to(cf_minutes(26));
    assert_int_equal(rig.host.warnings, 1);
    assert_int_equal(rig.host.withdrawals, 1);
    expect("warn afresh ");
}

int main(void)
{
#define RIG(test) cmocka_unit_test_setup_teardown(test, rig_set_up, rig_tear_down)
    const struct CMUnitTest tests[] = {
        RIG(test_idle_session_is_logged_off),
        RIG(test_input_rearms_without_the_script),
        RIG(test_input_in_the_countdown),
        RIG(test_what_hangs_delays_nobody_else),
        RIG(test_language_is_asked_for_early),
        RIG(test_language_is_awaited_for_a_second),
        RIG(test_asked_again),
        RIG(test_stale_at_the_last_moment),
        RIG(test_nobody_goes_unwarned),
        RIG(test_tries_begin_anew_with_the_host),
        RIG(test_an_undelivered_warning_is_none),
        RIG(test_a_warning_may_go_another_way),
        RIG(test_age_of_a_warning),
        RIG(test_disconnected_needs_no_warning),
        RIG(test_guards),
        RIG(test_a_session_of_unknown_birth_is_never_acted_on),
        RIG(test_a_session_that_has_gone_is_not_acted_on),
        RIG(test_idle_time_that_becomes_known),
        RIG(test_unknown_is_never_idle),
        RIG(test_failed_readings),
        RIG(test_failed_last_reading),
        RIG(test_a_logoff_in_mid_use_says_so),
        RIG(test_why_somebody_is_warned),
        RIG(test_what_happens_while_the_row_is_written),
        RIG(test_who_asked_for_activity_ends_nobody_who_was_active),
        RIG(test_input_while_the_row_is_written),
        RIG(test_input_while_the_row_is_written_for_who_rests_on_nothing),
        RIG(test_input_while_the_row_of_a_warning_is_written),
        RIG(test_another_session_under_the_same_id),
        RIG(test_hung_logoff_is_forced),
        RIG(test_gone_before_the_host_answers),
        RIG(test_gone_as_the_host_answers),
        RIG(test_an_answer_about_a_session_that_has_gone),
        RIG(test_who_comes_back_is_not_forced),
        RIG(test_an_end_after_all),
        RIG(test_a_logoff_of_who_left_says_nothing_of_use),
        RIG(test_nothing_helps),
        RIG(test_journal_that_cannot_be_written),
        RIG(test_dry_run),
        RIG(test_warn_only),
        RIG(test_leaving_in_mid_action),
        RIG(test_two_policies_one_session),
        RIG(test_one_reading_for_two),
        RIG(test_a_warning_that_comes_too_late),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
