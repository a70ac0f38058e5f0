/* The host's clock is set, and the host sleeps: who notices, and who must not. */
#include "../../fixture/engine.h"

#include "calendar/calendar.h"

#define SOME cf_minutes(30)

static struct cf_span limit = {30 * INT64_C(60000000)};
static struct cf_span late;
static int happened;
static struct cf_instant happened_at;

static int set_up(void **state)
{
    happened = 0;
    late.us = CF_UNKNOWN_US;
    return rig_set_up(state);
}

static struct cf_instant wall(void)
{
    return cf_loop_wall(rig.loop);
}

static void advance(struct cf_span span)
{
    rig_run_to((struct cf_span){cf_loop_now(rig.loop).us + span.us});
}

static void step(struct cf_span by)
{
    cf_loop_step_wall(rig.loop, by);
}

/* ---- What goes by delays and idle times ---- */

static enum cf_step idle(struct cf_task *task, int step, const struct cf_result *result)
{
    cf_session_key own = cf_task_session(task);
    struct cf_span first = cf_minutes(5);
    switch (step) {
    case 0:
        cf_task_wait(task,
                     &(struct cf_wait){.kind = CF_WAIT_IDLE, .session = own, .span = {limit.us - first.us}});
        return CF_STEP_WAITING;
    case 1:
        cf_task_warn(task, own, &(struct cf_warning){.text = "soon", .left = first});
        return CF_STEP_WAITING;
    case 2:
        cf_task_wait(task, &(struct cf_wait){.kind = CF_WAIT_LIFE,
                                             .session = own,
                                             .until = cf_mono_add(cf_loop_now(rig.loop), first)});
        return CF_STEP_WAITING;
    case 3:
        if (result->truth)
            return CF_STEP_RETURNED;
        cf_task_act(task, CF_ACTION_LOGOFF, own, "idle", false, 7);
        return CF_STEP_WAITING;
    default: return CF_STEP_RETURNED;
    }
}

static void test_a_second_back_every_four_minutes(void **state)
{
    (void)state;
    rig_start(idle, NULL);
    for (int i = 0; i < 8; i++) {
        advance(cf_minutes(4));
        step((struct cf_span){-CF_SECOND.us});
        assert_true(i == 7 || rig_is_present());
    }
    assert_string_equal(rig.journalled, "warn logoff ended ");
}

/* However the clock is set: idle people end on time, to the microsecond, warned once. */
static void test_idle_through_any_steps(void **state)
{
    for (uint64_t seed = 1; seed <= 200; seed++) {
        uint64_t s = seed;
        rig_start(idle, NULL);
        while (cf_loop_now(rig.loop).us < limit.us - 1) {
            int64_t left = limit.us - 1 - cf_loop_now(rig.loop).us;
            advance((struct cf_span){1 + pick(&s, left)});
            step((struct cf_span){pick(&s, 2) ? pick(&s, 2 * CF_MINUTE.us) - CF_MINUTE.us
                                              : pick(&s, 20 * CF_HOUR.us) - 10 * CF_HOUR.us});
        }
        assert_true(rig_is_present());
        rig_run_to(limit);
        assert_false(rig_is_present());
        assert_int_equal(rig.asked[CF_ACTION_WARN], 1);
        (void)rig_tear_down(state);
        (void)set_up(state);
    }
    rig_start(idle, NULL);
}

/* ---- What goes by the time on the wall ---- */

/* Ends the session at half past (of the hour in which its run began), warned five minutes before. */
static enum cf_step closing(struct cf_task *task, int step, const struct cf_result *result)
{
    static struct cf_instant end;
    (void)result;
    cf_session_key own = cf_task_session(task);
    struct cf_span left = {end.us - wall().us};
    switch (step) {
    case 0:
        end.us = wall().us - wall().us % CF_HOUR.us + SOME.us;
        if (end.us <= wall().us)
            end.us += CF_HOUR.us;
        cf_task_wait(
            task, &(struct cf_wait){.kind = CF_WAIT_APPOINTMENT, .appointment = {end.us - cf_minutes(5).us}});
        return CF_STEP_WAITING;
    case 1:
        cf_task_warn(task, own, &(struct cf_warning){.text = "soon", .left = left});
        return CF_STEP_WAITING;
    case 2:
        cf_task_wait(task, &(struct cf_wait){.kind = CF_WAIT_APPOINTMENT, .appointment = end});
        return CF_STEP_WAITING;
    case 3: cf_task_act(task, CF_ACTION_LOGOFF, own, "closed", false, 7); return CF_STEP_WAITING;
    default: return CF_STEP_RETURNED;
    }
}

static void test_an_appointment_moves_with_the_clock(void **state)
{
    (void)state;
    rig_start(closing, NULL);
    rig_run_to(cf_minutes(20));
    step((struct cf_span){-30 * CF_SECOND.us}); /* small: by the new time, and nobody starts afresh */
    rig_run_to((struct cf_span){cf_minutes(30).us + 30 * CF_SECOND.us - 1});
    assert_string_equal(rig.journalled, "warn ");
    rig_run_to((struct cf_span){cf_minutes(30).us + 30 * CF_SECOND.us});
    assert_string_equal(rig.journalled, "warn logoff ended ");
}

/* What was promised is kept where a small step brings the end nearer. */
static void test_a_small_step_in_mid_countdown(void **state)
{
    (void)state;
    rig_start(closing, NULL);
    rig_run_to(cf_minutes(26));
    step((struct cf_span){59 * CF_SECOND.us});
    rig_run_to((struct cf_span){cf_minutes(30).us - CF_SECOND.us - 1});
    assert_string_equal(rig.journalled, "warn ");
    rig_run_to(cf_minutes(30));
    assert_string_equal(rig.journalled, "warn logoff ended ");
}

static void test_a_large_step_starts_afresh(void **state)
{
    (void)state;
    rig_start(closing, NULL);
    rig_run_to(cf_minutes(26));
    step((struct cf_span){-10 * CF_MINUTE.us});
    rig_run_to(cf_minutes(40) /* half past, by the clock */);
    assert_string_equal(rig.journalled, "warn afresh stays warn logoff ended ");
}

/* Of two policies only that one starts afresh which goes by the clock. */
static void test_only_what_rests_on_the_wall(void **state)
{
    (void)state;
    limit = cf_minutes(29);
    rig_start(idle, closing);
    rig_run_to(cf_minutes(26)); /* both have warned; the sooner end is on the screen */
    step(cf_minutes(10));
    limit = SOME;
    rig_run_to(cf_minutes(29));
    assert_string_equal(rig.journalled, "warn afresh logoff ended ");
    assert_int_equal(rig.ended_by, 'a');
}

/* A pause for an hour is one, whatever the clock shows. */
static void test_a_pause_is_as_long_as_it_was_said(void **state)
{
    for (int sign = -1; sign <= 1; sign += 2) {
        rig_start(idle, NULL);
        rig_run_to(cf_minutes(10));
        assert_int_equal(cf_engine_pause(rig.engine, NULL, CF_HOUR, "by a test", NULL), 0);
        step((struct cf_span){sign * 5 * CF_HOUR.us});
        rig_run_to((struct cf_span){cf_minutes(70).us - 1});
        assert_string_equal(rig.journalled, "pause afresh ");
        rig_run_to(cf_minutes(70));
        assert_string_equal(rig.journalled, "pause afresh resume warn ");
        (void)rig_tear_down(state);
        (void)set_up(state);
    }
    rig_start(idle, NULL);
}

static void test_a_sleep_starts_all_afresh(void **state)
{
    (void)state;
    rig_start(idle, NULL);
    rig_run_to(cf_minutes(26));
    cf_loop_sleep(rig.loop, CF_HOUR);
    rig_run_to((struct cf_span){CF_HOUR.us + cf_minutes(31).us - 1});
    assert_true(rig_is_present());
    rig_run_to((struct cf_span){CF_HOUR.us + cf_minutes(31).us});
    assert_string_equal(rig.journalled, "warn afresh stays warn logoff ended ");
}

/* ---- Appointments of policies ---- */

static enum cf_step note(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)task, (void)step, (void)result;
    happened++;
    happened_at = wall();
    return CF_STEP_RETURNED;
}

static enum cf_step nothing(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)task, (void)step, (void)result;
    return CF_STEP_RETURNED;
}

static int declare_noon(struct cf_policy *policy, struct cf_error *err)
{
    return cf_policy_at(policy, "12:00", late, 0, err);
}

static void start_noon(void)
{
    rig.declare = declare_noon;
    rig_start(nothing, note);
}

static void test_set_back_it_comes_again(void **state)
{
    (void)state;
    start_noon();
    rig_run_to((struct cf_span){13 * CF_HOUR.us});
    assert_int_equal(happened, 1);
    step((struct cf_span){-1000 * CF_DAY.us});
    advance(CF_DAY);
    assert_int_equal(happened, 2); /* not in a thousand days */
    step((struct cf_span){-12 * CF_HOUR.us});
    advance((struct cf_span){12 * CF_HOUR.us});
    assert_int_equal(happened, 3);
}

/* However large the step: what was kept less than a minute ahead of where it leads does not come twice. */
static void test_set_back_to_just_before_it(void **state)
{
    (void)state;
    start_noon();
    rig_run_to((struct cf_span){12 * CF_HOUR.us + cf_minutes(5).us});
    assert_int_equal(happened, 1);
    step((struct cf_span){-cf_minutes(5).us - 30 * CF_SECOND.us});
    advance(cf_minutes(2));
    assert_int_equal(happened, 1);
    step((struct cf_span){-cf_minutes(5).us});
    advance(cf_minutes(5));
    assert_int_equal(happened, 2);
}

/* Small steps of all kinds: each noon once. */
static void test_small_steps_and_each_noon_once(void **state)
{
    (void)state;
    uint64_t s = 7;
    enum { DAYS = 300 };
    start_noon();
    for (int day = 0; day < DAYS; day++) {
        int64_t midnight = day * CF_DAY.us;
        advance((struct cf_span){midnight + 12 * CF_HOUR.us - 90 * CF_SECOND.us - wall().us});
        for (int i = 0; i < 6; i++) {
            step((struct cf_span){pick(&s, 60 * CF_SECOND.us) - 30 * CF_SECOND.us});
            advance((struct cf_span){pick(&s, 40 * CF_SECOND.us)});
        }
        advance((struct cf_span){midnight + 13 * CF_HOUR.us - wall().us});
        assert_int_equal(happened, day + 1);
    }
}

static void test_slept_through(void **state)
{
    (void)state;
    start_noon();
    rig_run_to((struct cf_span){11 * CF_HOUR.us});
    cf_loop_sleep(rig.loop, CF_HOUR); /* until noon */
    advance(CF_SECOND);
    assert_int_equal(happened, 1);
    rig_run_to((struct cf_span){CF_DAY.us + 11 * CF_HOUR.us});
    cf_loop_sleep(rig.loop, (struct cf_span){CF_HOUR.us + cf_minutes(5).us}); /* as late as it may be */
    advance(CF_SECOND);
    assert_int_equal(happened, 2);
    rig_run_to((struct cf_span){2 * CF_DAY.us + 11 * CF_HOUR.us});
    rig.journalled[0] = '\0';
    cf_loop_sleep(rig.loop, (struct cf_span){3 * CF_DAY.us + CF_HOUR.us + cf_minutes(6).us});
    advance(CF_SECOND);
    assert_int_equal(happened, 2);
    assert_string_equal(rig.journalled, "afresh skipped ");
    assert_string_equal(rig.last_text, "the appointment of 1970-01-03 12:00 was missed by 3 days; it may "
                                       "be kept up to 5 minutes late");
    rig_run_to((struct cf_span){6 * CF_DAY.us + 12 * CF_HOUR.us + CF_SECOND.us});
    assert_int_equal(happened, 3);
}

static void test_as_late_as_is_said(void **state)
{
    (void)state;
    late = CF_HOUR;
    start_noon();
    rig_run_to((struct cf_span){11 * CF_HOUR.us});
    step((struct cf_span){90 * CF_MINUTE.us}); /* half past twelve */
    advance(CF_SECOND);
    assert_int_equal(happened, 1);
    rig_run_to(CF_DAY);
    step((struct cf_span){12 * CF_HOUR.us});
    advance(CF_SECOND);
    assert_int_equal(happened, 1); /* half past one */
}

/* A run that began at its time, and is still at it when the host sleeps: it does not go on on Monday. */
static enum cf_step linger(struct cf_task *task, int step, const struct cf_result *result)
{
    (void)result;
    if (step > 0)
        return CF_STEP_RETURNED;
    happened++;
    cf_task_rests_on_wall(task);
    cf_task_wait(task, &(struct cf_wait){.kind = CF_WAIT_UNTIL,
                                         .until = cf_mono_add(cf_loop_now(rig.loop), cf_minutes(10))});
    return CF_STEP_WAITING;
}

static void test_a_run_that_began_long_ago(void **state)
{
    (void)state;
    rig.declare = declare_noon;
    rig_start(nothing, linger);
    rig_run_to((struct cf_span){12 * CF_HOUR.us + CF_MINUTE.us});
    assert_int_equal(happened, 1);
    cf_loop_sleep(rig.loop, CF_MINUTE); /* in time */
    advance(CF_SECOND);
    assert_int_equal(happened, 2);
    step((struct cf_span){-10 * CF_MINUTE.us}); /* comes again at noon */
    advance(CF_SECOND);
    assert_int_equal(happened, 2);
    advance(cf_minutes(9));
    assert_int_equal(happened, 3);
    rig.journalled[0] = '\0';
    cf_loop_sleep(rig.loop, (struct cf_span){2 * CF_HOUR.us});
    advance(CF_SECOND);
    assert_int_equal(happened, 3);
    assert_string_equal(rig.journalled, "afresh skipped ");
}

/*
 * Any steps and sleeps, against the rule told once more: a time is kept when the clock runs over it, or jumps
 * over it by no more than five minutes; not again where it was set back to less than a minute before it.
 */
static void test_any_steps(void **state)
{
    (void)state;
    uint64_t s = 11;
    int64_t kept = INT64_MIN; /* the latest that was, since the clock was last set back by more */
    int expected = 0;
    start_noon();
    step((struct cf_span){100 * CF_DAY.us});
    for (int i = 0; i < 5000; i++) {
        int64_t from = wall().us, kind = pick(&s, 4),
                span = pick(&s, 3) ? pick(&s, CF_DAY.us) : pick(&s, CF_HOUR.us);
        int64_t noon = from - from % CF_DAY.us + 12 * CF_HOUR.us;
        if (noon <= from)
            noon += CF_DAY.us;
        if (kind == 0) { /* back, but never before the beginning */
            step((struct cf_span){-span});
            if (span > CF_CLOCK_SMALL.us && kept > wall().us + CF_CLOCK_SMALL.us)
                kept = INT64_MIN;
            continue;
        }
        if (kind == 1)
            advance((struct cf_span){span});
        else if (kind == 2)
            step((struct cf_span){span});
        else
            cf_loop_sleep(rig.loop, (struct cf_span){span});
        for (; noon <= wall().us; noon += CF_DAY.us)
            if (noon > kept && (kind == 1 || wall().us - noon <= cf_minutes(5).us)) {
                expected++;
                kept = noon;
            }
        rig_run_to((struct cf_span){cf_loop_now(rig.loop).us}); /* what is due now */
        assert_int_equal(happened, expected);
    }
    assert_true(expected > 300);
}

/* ---- Windows ---- */

static int declare_hours(struct cf_policy *policy, const char *hours, struct cf_error *err)
{
    struct cf_calendar *calendar = NULL;
    int code = cf_calendar_weekly(&hours, 1, cf_zone_utc(), &calendar, err);
    if (code == 0)
        cf_policy_at_windows(policy, calendar, late, 0);
    cf_calendar_unref(calendar);
    return code;
}

static int declare_window(struct cf_policy *policy, struct cf_error *err)
{
    return declare_hours(policy, "02:00-06:00", err);
}

static void start_window(void)
{
    rig.declare = declare_window;
    rig_start(nothing, note);
}

/* The clock was five hours fast: the window that it showed was none, and the right one comes. */
static void test_a_window_after_a_fast_clock(void **state)
{
    (void)state;
    start_window();
    rig_run_to((struct cf_span){2 * CF_HOUR.us + cf_minutes(5).us});
    assert_int_equal(happened, 1);
    step((struct cf_span){-5 * CF_HOUR.us});
    rig_run_to((struct cf_span){7 * CF_HOUR.us + 1});
    assert_int_equal(happened, 2);
}

static void test_a_step_inside_a_window(void **state)
{
    (void)state;
    start_window();
    rig_run_to((struct cf_span){4 * CF_HOUR.us});
    step((struct cf_span){-CF_HOUR.us});
    advance(CF_SECOND);
    step((struct cf_span){2 * CF_HOUR.us});
    advance(CF_SECOND);
    cf_loop_sleep(rig.loop, cf_minutes(10));
    advance(CF_SECOND);
    assert_int_equal(happened, 1);
    advance((struct cf_span){3 * CF_HOUR.us});
    step((struct cf_span){-4 * CF_HOUR.us}); /* over, and open again */
    advance(CF_SECOND);
    assert_int_equal(happened, 2);
}

static int declare_open(struct cf_policy *policy, struct cf_error *err)
{
    return declare_hours(policy, "00:00-24:00", err);
}

/* The window is open when the engine begins, and the clock is set back before its run has begun; or when it
 * is at work, since a time that is later than the clock's. */
static void test_a_window_that_is_open_all_the_time(void **state)
{
    (void)state;
    step((struct cf_span){300 * CF_DAY.us});
    rig.declare = declare_open;
    rig_start(nothing, linger);
    step((struct cf_span){-100 * CF_DAY.us});
    advance(CF_SECOND);
    assert_int_equal(happened, 1);
    step((struct cf_span){-100 * CF_DAY.us});
    advance(CF_SECOND);
    assert_int_equal(happened, 2);
    advance(CF_HOUR);
    assert_int_equal(happened, 2);
}

static void test_a_window_slept_into_and_through(void **state)
{
    (void)state;
    start_window();
    rig_run_to(CF_HOUR);
    cf_loop_sleep(rig.loop, (struct cf_span){3 * CF_HOUR.us}); /* it is open still */
    advance(CF_SECOND);
    assert_int_equal(happened, 1);
    rig_run_to((struct cf_span){CF_DAY.us + CF_HOUR.us});
    rig.journalled[0] = '\0';
    cf_loop_sleep(rig.loop, (struct cf_span){3 * CF_DAY.us + 12 * CF_HOUR.us});
    advance(CF_SECOND);
    assert_int_equal(happened, 1);
    assert_string_equal(rig.journalled, "afresh skipped ");
    assert_string_equal(rig.last_text,
                        "the appointment of 1970-01-05 02:00 was missed by 11 hours; its window is over");
    late = cf_minutes(30);
}

static void test_a_window_that_may_not_be_late(void **state)
{
    (void)state;
    late = cf_minutes(30);
    start_window();
    rig_run_to(CF_HOUR);
    cf_loop_sleep(rig.loop, (struct cf_span){2 * CF_HOUR.us});
    advance(CF_SECOND);
    assert_int_equal(happened, 0);
    rig_run_to((struct cf_span){CF_DAY.us + 2 * CF_HOUR.us + CF_SECOND.us});
    assert_int_equal(happened, 1);
}

int main(void)
{
#define RIG(test) cmocka_unit_test_setup_teardown(test, set_up, rig_tear_down)
    const struct CMUnitTest tests[] = {
        RIG(test_a_second_back_every_four_minutes),
        RIG(test_idle_through_any_steps),
        RIG(test_an_appointment_moves_with_the_clock),
        RIG(test_a_small_step_in_mid_countdown),
        RIG(test_a_large_step_starts_afresh),
        RIG(test_only_what_rests_on_the_wall),
        RIG(test_a_pause_is_as_long_as_it_was_said),
        RIG(test_a_sleep_starts_all_afresh),
        RIG(test_set_back_it_comes_again),
        RIG(test_set_back_to_just_before_it),
        RIG(test_small_steps_and_each_noon_once),
        RIG(test_slept_through),
        RIG(test_as_late_as_is_said),
        RIG(test_a_run_that_began_long_ago),
        RIG(test_any_steps),
        RIG(test_a_window_after_a_fast_clock),
        RIG(test_a_step_inside_a_window),
        RIG(test_a_window_that_is_open_all_the_time),
        RIG(test_a_window_slept_into_and_through),
        RIG(test_a_window_that_may_not_be_late),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
