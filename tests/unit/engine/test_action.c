/* One logoff from beginning to end: what is read, written, asked of the host and waited for. */
#include "runs.h"

static void test_idle_session_is_logged_off(void **state)
{
    (void)state;
    rig_start(idle, NULL);
    rig_run_to((struct cf_span){limit.us - 1});
    expect("warn ");
    rig_run_to(limit);
    expect("warn logoff ended ");
    assert_false(rig_is_present());
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
    assert_int_equal(rig.asked[CF_ACTION_WITHDRAW], 1);
    rig_run_to(cf_minutes(60));
    expect("warn stays warn logoff ended ");
}

static void is_not_meant(void)
{
    cf_session_set_string(rig.session, CF_FIELD_CLASS, "greeter");
    rig_tell(CF_FIELD_BIT(CF_FIELD_CLASS));
}

static void leaves_unnoticed(void)
{
    cf_sim_end_untold(rig.sim, 0);
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
    rig.faults->silent = 1000;
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
        rig.faults->hanging = table[i].hangs ? 1000 : 0;
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
    case 0: announce(task, first); break;
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
    assert_int_equal(rig.asked[CF_ACTION_LOGOFF], 0);
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
        assert_int_equal(rig.asked[CF_ACTION_LOGOFF], 0);
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
    rig.session->identity.birth++; /* ana left, and ben got her id, before anybody told the engine */
    rig_run_to(limit);
    assert_int_equal(rig.asked[CF_ACTION_LOGOFF], 0);
    assert_true(rig_is_present());
}

static void test_hung_logoff_is_forced(void **state)
{
    (void)state;
    rig.faults->hanging = 1000;
    rig_start(idle, NULL);
    rig_run_to((struct cf_span){limit.us + 9 * CF_SECOND.us});
    expect("warn logoff ");
    rig_run_to((struct cf_span){limit.us + 10 * CF_SECOND.us});
    expect("warn logoff force ended ");
    assert_string_equal(rig.last_text, "ended by force");
}

/* What of a session goes on keeps it, closing: that is its end, and it has no other. */
static void test_leftovers_are_kept(void **state)
{
    (void)state;
    static const struct {
        bool keeps, closes;
        const char *journal, *text;
    } table[] = {{true, true, "warn logoff ended ", "what its user has left running goes on"},
                 {true, false, "warn logoff force ended ", "ended by force"},
                 {false, true, "warn logoff force ended ", "ended by force"}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        rig.faults->hanging = 1000;
        rig.policies[0].keeps = table[i].keeps;
        rig_start(idle, NULL);
        rig_run_to((struct cf_span){limit.us + 5 * CF_SECOND.us});
        expect("warn logoff ");
        rig.session->closing = cf_tri_of(table[i].closes);
        rig_run_to((struct cf_span){limit.us + 15 * CF_SECOND.us});
        expect(table[i].journal);
        assert_string_equal(rig.last_text, table[i].text);
        assert_int_equal(rig.asked[CF_ACTION_LOGOFF_FORCED], !table[i].keeps || !table[i].closes);
        assert_int_equal(rig_is_present(), table[i].keeps && table[i].closes);
        rig_run_to((struct cf_span){limit.us + CF_HOUR.us}); /* and it is left alone */
        if (rig_is_present())
            leaves();
        expect(table[i].journal);
        (void)rig_tear_down(state);
        (void)rig_set_up(state);
    }
    rig_start(idle, NULL);
}

static void closes(void)
{
    rig.session->closing = CF_TRI_YES;
    rig_tell(CF_FIELD_BIT(CF_FIELD_CLOSING));
}

static void closes_and_cannot_be_read(void)
{
    closes();
    rig_fail(CF_ACTION_REFRESH, CF_FAILED);
}

static void closes_and_leaves_unnoticed(void)
{
    closes();
    leaves_unnoticed();
}

/* What was known of it is no word on whether it has ended; and one that has gone is not forced. */
static void test_leftovers_are_looked_for_afresh(void **state)
{
    (void)state;
    static const struct {
        void (*before)(void);
        const char *journal;
    } table[] = {{closes_and_cannot_be_read, "warn logoff force ended "},
                 {closes_and_leaves_unnoticed, "warn logoff "}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        rig.faults->hanging = 1000;
        rig.policies[0].keeps = true;
        rig_start(idle, NULL);
        rig_run_to((struct cf_span){limit.us + 5 * CF_SECOND.us});
        table[i].before();
        rig_run_to((struct cf_span){limit.us + 15 * CF_SECOND.us});
        expect(table[i].journal);
        (void)rig_tear_down(state);
        (void)rig_set_up(state);
    }
    rig_start(idle, NULL);
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
        rig.faults->undelivered = way == 1 ? 1000 : 0;
        rig_fail(CF_ACTION_WARN, way == 2 ? CF_FAILED : CF_OK);
        rig_start(idle, NULL);
        cf_sim_hold(rig.sim, CF_SIM_KIND(CF_ACTION_WARN), true);
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
    rig.faults->hanging = 1000;
    rig_start(idle, NULL);
    rig_run_to((struct cf_span){limit.us + 5 * CF_SECOND.us});
    rig_type();
    rig_tell(CF_FIELD_BIT(CF_FIELD_IDLE));
    rig_run_to((struct cf_span){limit.us + CF_MINUTE.us});
    expect("warn logoff force refused stays ");
    assert_true(rig_is_present());
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
        rig.faults->hanging = rig.faults->deaf = 1000;
        rig_start(idle, NULL);
        rig_run_to((struct cf_span){limit.us + CF_SECOND.us});
        if (table[i].closes)
            closes();
        if (table[i].types)
            rig_type();
        rig_run_to((struct cf_span){limit.us + 20 * CF_SECOND.us});
        assert_non_null(strstr(rig.journalled, table[i].types ? "force refused " : "force failed "));
        rig_run_to((struct cf_span){limit.us + (20 + table[i].after_s) * CF_SECOND.us});
        rig_log_off();
        assert_int_equal(strstr(rig.journalled, "ended ") != NULL, table[i].ended);
        (void)rig_tear_down(state);
        (void)rig_set_up(state);
    }
    rig_start(idle, NULL);
}

/* Each that was asked for lately has its end; one that is too long ago has none. */
static void test_the_ends_of_several_logoffs(void **state)
{
    (void)state;
    rig_start(idle, NULL);
    rig_run_to(CF_SECOND);
    cf_session_key key = cf_registry_next(cf_engine_registry(rig.engine), 0);
    for (uint64_t decision = 1; decision <= 3; decision++) { /* limits.ends is 10 s */
        rig_run_to(cf_seconds(6 * (int64_t)decision));
        assert_false(cf_engine_await_end(rig.engine, key, &(struct cf_entry){.decision = decision}));
    }
    rig_run_to(cf_seconds(20));
    rig_log_off();
    expect("ended ended ");
}

/* Input from before the warning is no use of the session after it. */
static void test_a_logoff_of_who_left_says_nothing_of_use(void **state)
{
    (void)state;
    rig.faults->hanging = 1000;
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
    rig.faults->hanging = rig.faults->deaf = 1000;
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
    assert_int_equal(rig.asked[CF_ACTION_LOGOFF], 0);
    assert_int_equal(rig.asked[CF_ACTION_WARN], 1);
}

static void test_dry_run(void **state)
{
    (void)state;
    rig.config.mode = CF_MODE_DRY;
    rig_start(idle, NULL);
    rig_run_to(cf_minutes(300));
    expect("dry-warn dry-logoff ");
    assert_int_equal(rig.asked[CF_ACTION_WARN] + rig.asked[CF_ACTION_LOGOFF] + rig.asked[CF_ACTION_WITHDRAW],
                     0);
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
    assert_int_equal(rig.asked[CF_ACTION_WITHDRAW], 1);
    assert_int_equal(rig.asked[CF_ACTION_WARN], 1);
    assert_int_equal(rig.asked[CF_ACTION_LOGOFF], 0);
}

static void test_leaving_in_mid_action(void **state)
{
    (void)state;
    for (int minute = 0; minute <= 31; minute++) {
        rig.faults->hanging = 1000;
        rig_start(idle, NULL);
        rig_run_to(cf_minutes(minute));
        if (rig_is_present())
            rig_log_off();
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
    assert_int_equal(rig.asked[CF_ACTION_LOGOFF], 1);
}

/* Whoever asks at one instant shares one reading, and believes it. */
static void test_one_reading_for_two(void **state)
{
    (void)state;
    rig_start(idle, idle);
    rig_run_to((struct cf_span){25 * CF_MINUTE.us - 1});
    int before = rig.asked[CF_ACTION_REFRESH];
    rig_run_to(cf_minutes(25));
    expect("warn warn "); /* the first one makes way for the second, which ends no later */
    assert_int_equal(rig.asked[CF_ACTION_REFRESH] - before, 2); /* and one more, as the countdown begins */
}

/* The run starts afresh while its warning is on its way to the screen: what comes too late is taken back. */
static void test_a_warning_that_comes_too_late(void **state)
{
    (void)state;
    rig_hold(CF_ACTION_WARN);
    rig_start(idle, NULL);
    rig_run_to(cf_minutes(25));
    rig_type();
    cf_engine_restart(rig.engine, "a test");
    rig_release();
    rig_run_to(cf_minutes(26));
    assert_int_equal(rig.asked[CF_ACTION_WARN], 1);
    assert_int_equal(rig.asked[CF_ACTION_WITHDRAW], 1);
    expect("warn afresh ");
}

int main(void)
{
#define RIG(test) cmocka_unit_test_setup_teardown(test, rig_set_up, rig_tear_down)
    const struct CMUnitTest tests[] = {
        RIG(test_idle_session_is_logged_off),
        RIG(test_input_rearms_without_the_script),
        RIG(test_input_in_the_countdown),
        RIG(test_what_happens_while_the_row_is_written),
        RIG(test_who_asked_for_activity_ends_nobody_who_was_active),
        RIG(test_input_while_the_row_is_written),
        RIG(test_input_while_the_row_is_written_for_who_rests_on_nothing),
        RIG(test_input_while_the_row_of_a_warning_is_written),
        RIG(test_another_session_under_the_same_id),
        RIG(test_hung_logoff_is_forced),
        RIG(test_leftovers_are_kept),
        RIG(test_leftovers_are_looked_for_afresh),
        RIG(test_gone_before_the_host_answers),
        RIG(test_gone_as_the_host_answers),
        RIG(test_an_answer_about_a_session_that_has_gone),
        RIG(test_who_comes_back_is_not_forced),
        RIG(test_an_end_after_all),
        RIG(test_the_ends_of_several_logoffs),
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
