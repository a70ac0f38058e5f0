/* What people do by commands, as the journal has it: each is a decision, which something closes. */
#include "rig.h"

#include "engine/acts/allowance.h"
#include "engine/answers/metrics.h"

#define ROWS 16

static struct {
    enum cf_what what;
    uint64_t decision;
    bool unwarned;
    char reason[128], revision[CF_REVISION];
} rows[ROWS];
static int count;

static void keep_row(void *data, const struct cf_entry *entry, cf_journal_kept *kept, void *context)
{
    assert_true(count < ROWS);
    rows[count].what = entry->what;
    rows[count].decision = entry->decision;
    rows[count].unwarned = entry->unwarned;
    (void)snprintf(rows[count].reason, sizeof rows->reason, "%s",
                   cf_entry_reason(entry) ? cf_entry_reason(entry) : "");
    (void)snprintf(rows[count++].revision, sizeof rows->revision, "%s",
                   entry->revision ? entry->revision : "");
    rig_write(data, entry, kept, context);
}

static int flood;

static void count_row(void *data, const struct cf_entry *entry, cf_journal_kept *kept, void *context)
{
    assert_true(entry->by_user);
    assert_true(entry->what != CF_WHAT_TELL || strcmp(entry->text, "said by its user") == 0);
    flood++;
    (void)data, (void)kept, (void)context;
}

static bool tries_to_disconnect, warns;

static enum cf_step script(struct cf_task *task, int step, const struct cf_result *result)
{
    cf_session_key session = cf_task_session(task);
    if (step == 0) {
        cf_task_wait(task, &(struct cf_wait){.kind = CF_WAIT_IDLE, .session = session, .span = CF_HOUR});
        return CF_STEP_WAITING;
    }
    if (step == 1 && warns) {
        cf_task_warn(task, session, &(struct cf_warning){.text = "soon", .left = CF_MINUTE});
        return CF_STEP_WAITING;
    }
    if (step == 1 && tries_to_disconnect) {
        cf_task_act(task, CF_ACTION_DISCONNECT, session, "idle", false, 1);
        return CF_STEP_WAITING;
    }
    if (step == 1) {
        cf_task_act(task, CF_ACTION_LOGOFF, session, "idle", true, 1);
        return CF_STEP_WAITING;
    }
    assert_int_equal(result->code, tries_to_disconnect ? CF_UNSUPPORTED : result->code);
    return CF_STEP_RETURNED;
}

static int set_up(void **state)
{
    count = 0;
    tries_to_disconnect = warns = false;
    (void)rig_set_up(state);
    rig.journal.write = keep_row;
    return 0;
}

static cf_session_key ana(void)
{
    return cf_registry_next(cf_engine_registry(rig.engine), 0);
}

static int note(enum cf_what what, const char *text)
{
    struct cf_error err = {0};
    return cf_engine_note(rig.engine, ana(), what, text, &err);
}

static void test_logoff_and_end(void **state)
{
    (void)state;
    rig_start(script, NULL);
    assert_int_equal(note(CF_WHAT_WARN, "save your work"), CF_OK);
    assert_int_equal(note(CF_WHAT_LOGOFF, "logoff"), CF_OK);
    rig.host.sink.gone(rig.host.sink.data, &rig.host.session.identity);
    rig.host.present = false;
    assert_string_equal(rig.journalled, "warn logoff ended ");
    assert_int_equal(rows[0].decision, rows[1].decision);
    assert_int_equal(rows[1].decision, rows[2].decision);
    assert_false(rows[1].unwarned);
}

static void test_unwarned_and_refused(void **state)
{
    (void)state;
    rig_start(script, NULL);
    assert_int_equal(note(CF_WHAT_LOGOFF, "logoff"), CF_OK);
    assert_int_equal(note(CF_WHAT_FAILED, "the host refused"), CF_OK);
    assert_true(rows[0].unwarned);
    assert_int_equal(rows[0].decision, rows[1].decision);
    assert_int_equal(note(CF_WHAT_DISCONNECT, "tsdiscon"), CF_OK);
    assert_true(rows[2].decision > rows[0].decision);
    rig.host.sink.gone(rig.host.sink.data, &rig.host.session.identity); /* of its own accord */
    rig.host.present = false;
    assert_string_equal(rig.journalled, "logoff failed disconnect ");
}

/* The command gave up on it, and it was closing all the same. */
static void test_failed_and_ended(void **state)
{
    (void)state;
    rig_start(script, NULL);
    assert_int_equal(note(CF_WHAT_LOGOFF, "logoff"), CF_OK);
    rig.host.session.closing = CF_TRI_YES;
    rig.host.sink.seen(rig.host.sink.data, &rig.host.session, CF_FIELD_BIT(CF_FIELD_CLOSING));
    assert_int_equal(note(CF_WHAT_FAILED, "it is still there"), CF_OK);
    rig_run_to(CF_HOUR);
    rig.host.sink.gone(rig.host.sink.data, &rig.host.session.identity);
    rig.host.present = false;
    assert_string_equal(rig.journalled, "logoff failed ended ");
    assert_int_equal(rows[2].decision, rows[0].decision);
}

/* The first had no outcome, and the second is another decision. */
static void test_logged_off_twice(void **state)
{
    (void)state;
    rig_start(script, NULL);
    assert_int_equal(note(CF_WHAT_LOGOFF, "logoff"), CF_OK);
    assert_int_equal(note(CF_WHAT_LOGOFF, "logoff"), CF_OK);
    assert_string_equal(rig.journalled, "logoff failed logoff ");
    assert_int_equal(rows[1].decision, rows[0].decision);
    assert_int_not_equal(rows[2].decision, rows[0].decision);
}

static void ignore(void *data, const struct cf_stay_told *told)
{
    (void)data, (void)told;
}

/* Whoever was warned by hand may stay, once; taken back, the next logoff is unwarned. */
static void test_stay(void **state)
{
    (void)state;
    rig_start(script, NULL);
    assert_int_equal(note(CF_WHAT_WARN, "save your work"), CF_OK);
    assert_int_equal(cf_engine_stay(rig.engine, ana(), (struct cf_span){CF_UNKNOWN_US}, ignore, NULL, NULL),
                     CF_OK);
    assert_int_equal(note(CF_WHAT_LOGOFF, "logoff"), CF_REFUSED);
    assert_string_equal(rig.journalled, "warn extend refused ");
    assert_int_equal(note(CF_WHAT_WARN, "now really"), CF_OK);
    assert_int_equal(note(CF_WHAT_WITHDRAW, "interrupted"), CF_OK);
    assert_int_equal(rows[3].decision, rows[4].decision);
    assert_int_equal(note(CF_WHAT_LOGOFF, "logoff"), CF_OK);
    assert_true(rows[5].unwarned);
}

/* A host that cannot disconnect is not asked to, and the journal does not say that it did. */
static void test_not_possible(void **state)
{
    (void)state;
    tries_to_disconnect = true;
    rig.host.can.actions[CF_ACTION_DISCONNECT] = false;
    rig_start(script, NULL);
    rig_run_to((struct cf_span){CF_HOUR.us + CF_MINUTE.us});
    assert_ptr_equal(strstr(rig.journalled, "refused "), rig.journalled);
    assert_null(strstr(rig.journalled, "disconnect"));
    assert_string_equal(rows[0].reason, "this host cannot disconnect a session");
}

static void test_unwarned_by_policy(void **state)
{
    (void)state;
    (void)strcpy(rig.config.revision, "00c0ffee00c0ffee");
    rig_start(script, NULL);
    rig.policies[0].unwarned = true;
    rig_run_to((struct cf_span){CF_HOUR.us + CF_MINUTE.us});
    assert_true(count > 0 && rows[0].what == CF_WHAT_LOGOFF);
    assert_true(rows[0].unwarned);
    assert_string_equal(rows[0].revision, "00c0ffee00c0ffee");
}

static void test_reason_of_a_warning(void **state)
{
    (void)state;
    warns = true;
    rig_start(script, NULL);
    rig_run_to((struct cf_span){CF_HOUR.us + CF_MINUTE.us});
    assert_true(count > 0 && rows[0].what == CF_WHAT_WARN);
    assert_string_equal(rows[0].reason, "idle for 1 hour");
    assert_false(rows[0].unwarned);
}

/* A user who says whatever as often as they like writes a few rows of fixed words, and no metrics. */
static void test_flood_of_user(void **state)
{
    (void)state;
    static const enum cf_what whats[] = {CF_WHAT_FAILED, CF_WHAT_LOGOFF, CF_WHAT_WARN, CF_WHAT_TELL};
    rig.journal.write = count_row;
    rig_start(script, NULL);
    flood = 0;
    for (int i = 0; i < 10000; i++)
        (void)note(whats[i % 4], NULL);
    assert_in_range(flood, 1, CF_USERS_ROWS);
    json_t *errors = cf_engine_errors(rig.engine);
    assert_int_equal(json_array_size(errors), 0);
    json_decref(errors);
    struct cf_buffer text = {0};
    cf_engine_metrics(rig.engine, &text);
    assert_null(strstr(text.data, "what=\"failed\""));
    assert_null(strstr(text.data, "what=\"logoff\""));
    cf_buffer_finish(&text);
}

static void begin_again(void)
{
    rig.host.sink.gone(rig.host.sink.data, &rig.host.session.identity);
    rig.host.session.identity.birth++;
    rig.host.sink.seen(rig.host.sink.data, &rig.host.session, CF_FIELDS_ALL);
}

/* The rows are the user's, whatever they ask for, and however many sessions they have had. */
static void test_flood_across_sessions(void **state)
{
    (void)state;
    static const enum cf_what whats[] = {CF_WHAT_FAILED, CF_WHAT_LOGOFF, CF_WHAT_WARN, CF_WHAT_TELL};
    rig.journal.write = count_row;
    rig_start(script, NULL);
    flood = 0;
    for (int i = 0; i < 1000; i++) {
        (void)note(whats[i % 4], NULL);
        (void)cf_engine_stay(rig.engine, ana(), (struct cf_span){CF_UNKNOWN_US}, ignore, NULL, NULL);
        begin_again();
    }
    assert_in_range(flood, 1, 2 * CF_USERS_ROWS); /* each logoff has its outcome */
    int at_once = flood;
    rig_run_to(CF_USERS_ROW);
    (void)note(CF_WHAT_TELL, NULL);
    (void)note(CF_WHAT_TELL, NULL);
    assert_int_equal(flood, at_once + 1);
}

/* What users say of their sessions neither closes nor opens, nor holds up, what an administrator does. */
static void test_user_is_no_administrator(void **state)
{
    (void)state;
    rig_start(script, NULL);
    assert_int_equal(note(CF_WHAT_WARN, NULL), CF_OK);
    assert_int_equal(cf_engine_stay(rig.engine, ana(), (struct cf_span){CF_UNKNOWN_US}, ignore, NULL, NULL),
                     CF_OK);
    assert_int_equal(note(CF_WHAT_LOGOFF, "logoff"), CF_OK); /* nobody had asked to stay with that */
    assert_true(rows[2].unwarned);
    assert_int_equal(note(CF_WHAT_FAILED, NULL), CF_OK);
    assert_int_equal(note(CF_WHAT_LOGOFF, NULL), CF_OK);
    rig.host.sink.gone(rig.host.sink.data, &rig.host.session.identity);
    rig.host.present = false;
    assert_string_equal(rig.journalled, "warn extend logoff failed ended ");
    assert_int_not_equal(rows[3].decision, rows[2].decision);
    assert_int_equal(rows[4].decision, rows[2].decision);
}

static void test_user_withdraws_nothing_of_others(void **state)
{
    (void)state;
    rig_start(script, NULL);
    assert_int_equal(note(CF_WHAT_WARN, "save your work"), CF_OK);
    assert_int_equal(note(CF_WHAT_WITHDRAW, NULL), CF_OK);
    assert_int_equal(note(CF_WHAT_WARN, NULL), CF_OK);
    assert_int_equal(note(CF_WHAT_LOGOFF, "logoff"), CF_OK);
    assert_string_equal(rig.journalled, "warn stays warn logoff ");
    assert_int_equal(rows[3].decision, rows[0].decision);
    assert_false(rows[3].unwarned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_logoff_and_end, set_up, rig_tear_down),
        cmocka_unit_test_setup_teardown(test_unwarned_and_refused, set_up, rig_tear_down),
        cmocka_unit_test_setup_teardown(test_failed_and_ended, set_up, rig_tear_down),
        cmocka_unit_test_setup_teardown(test_logged_off_twice, set_up, rig_tear_down),
        cmocka_unit_test_setup_teardown(test_stay, set_up, rig_tear_down),
        cmocka_unit_test_setup_teardown(test_not_possible, set_up, rig_tear_down),
        cmocka_unit_test_setup_teardown(test_unwarned_by_policy, set_up, rig_tear_down),
        cmocka_unit_test_setup_teardown(test_reason_of_a_warning, set_up, rig_tear_down),
        cmocka_unit_test_setup_teardown(test_flood_of_user, set_up, rig_tear_down),
        cmocka_unit_test_setup_teardown(test_flood_across_sessions, set_up, rig_tear_down),
        cmocka_unit_test_setup_teardown(test_user_is_no_administrator, set_up, rig_tear_down),
        cmocka_unit_test_setup_teardown(test_user_withdraws_nothing_of_others, set_up, rig_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
