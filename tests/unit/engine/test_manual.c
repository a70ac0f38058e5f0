/* What people do by commands, as the journal has it: each is a decision, which something closes. */
#include "../../fixture/engine.h"

#include "engine/actions/allowance.h"
#include "engine/answers/metrics.h"

#include <ctype.h>

#define ROWS 16

static struct {
    enum cf_what what;
    bool unwarned;
    char reason[128], revision[CF_REVISION];
} rows[ROWS];
static int count;

static void keep_row(void *data, const struct cf_entry *entry, cf_journal_kept *kept, void *context)
{
    assert_true(count < ROWS);
    rows[count].what = entry->what;
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

static void ignore(void *data, const struct cf_stay_told *told)
{
    (void)data, (void)told;
}

/* A host that cannot disconnect is not asked to, and the journal does not say that it did. */
static void test_not_possible(void **state)
{
    (void)state;
    tries_to_disconnect = true;
    rig.host.cannot |= CF_SIM_KIND(CF_ACTION_DISCONNECT);
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
    static const enum cf_what whats[] = {CF_WHAT_WARN, CF_WHAT_LOGOFF, CF_WHAT_FAILED, CF_WHAT_TELL};
    rig.journal.write = count_row;
    rig_start(script, NULL);
    flood = 0;
    for (int i = 0; i < 10000; i++) {
        (void)note(whats[i % 4], NULL);
        (void)cf_engine_stay(rig.engine, ana(), (struct cf_span){CF_UNKNOWN_US}, ignore, NULL, NULL);
    }
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
    rig_log_off();
    rig_log_on();
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

/* Administrators speak in capitals. Rows have the number of their decision; "!" is a logoff that nobody was
 * warned of, "-" a row that says it failed. */
static const struct {
    const char *said, *journal;
} talks[] = {
    {"WLG", "WARN1 LOGOFF1 ENDED1 "},
    {"LFDG", "LOGOFF1! FAILED1- DISCONNECT2 "}, /* it ends of its own accord */
    /* What nothing came of is closed by the next, which is another decision. */
    {"LLG", "LOGOFF1! FAILED1- LOGOFF2! ENDED2 "},
    {"LTG", "LOGOFF1! TELL2 ENDED1 "},
    {"F", "FAILED1- "},
    {"WWL", "WARN1 WARN2 LOGOFF2 "},
    {"WTL", "WARN1 TELL2 LOGOFF1 "},
    {"WXL", "WARN1 STAYS1 LOGOFF2! "},
    {"WLFL", "WARN1 LOGOFF1 FAILED1- LOGOFF2! "},
    {"LXG", "LOGOFF1! STAYS1 ENDED1 "},
    /* Whoever was warned may stay, once. */
    {"WsLL", "WARN1 extend1 REFUSED1- LOGOFF2! "},
    {"WsWL", "WARN1 extend1 WARN2 LOGOFF2 "},
    {"WsLWXL", "WARN1 extend1 REFUSED1- WARN2 STAYS2 LOGOFF3! "},
    /* The command gave up on it, and it was closing all the same. */
    {"LCFG", "LOGOFF1! FAILED1- ENDED1 "},
    {"LCXG", "LOGOFF1! STAYS1 ENDED1 "},
    {"CFG", "FAILED1- "},
    /* Users speak for themselves. */
    {"lg", "logoff1! ended1 "},
    {"llg", "logoff1! ended1 "},
    {"wlfl", "warn1 logoff1 failed1- logoff2! "},
    {"wwl", "warn1 warn2 logoff2 "},
    {"wlsg", "warn1 logoff1 extend0 ended1 "}, /* it is too late to take it back */
    {"lCfg", "logoff1! failed1- "},
    /* And neither close nor open, nor hold up, what administrators do; nor the other way round. */
    {"wsLflG", "warn1 extend1 LOGOFF2! failed3- ENDED2 "},
    {"WxwL", "WARN1 stays2 warn3 LOGOFF1 "},
    {"WlfL", "WARN1 logoff2! failed2- LOGOFF1 "},
    {"wLFl", "warn1 LOGOFF2! FAILED2- logoff3! "},
};

static char talk[256];
static uint64_t decisions[ROWS];

static void write_down(void *data, const struct cf_entry *entry, cf_journal_kept *kept, void *context)
{
    (void)data, (void)kept, (void)context;
    int number = 0;
    while (decisions[number] && decisions[number] != entry->decision)
        number++;
    assert_true(entry->decision || entry->what == CF_WHAT_EXTEND);
    decisions[number] = entry->decision;
    size_t at = strlen(talk);
    (void)snprintf(talk + at, sizeof talk - at, "%s%d%s%s ", cf_what_name(entry->what),
                   entry->decision ? number + 1 : 0, entry->unwarned ? "!" : "",
                   entry->code == CF_OK ? "" : "-");
    for (char *letter = talk + at; *letter && !entry->by_user; letter++)
        *letter = (char)toupper(*letter);
    assert_true(entry->by_command || entry->what == CF_WHAT_ENDED || !entry->decision);
    if (entry->what == CF_WHAT_TELL || entry->what == CF_WHAT_WARN || entry->what == CF_WHAT_LOGOFF)
        assert_string_equal(entry->text, entry->by_user ? "said by its user" : "said by hand");
}

static void say(char letter)
{
    static const enum cf_what whats[] = {
        ['w'] = CF_WHAT_WARN,       ['l'] = CF_WHAT_LOGOFF, ['t'] = CF_WHAT_TELL,
        ['d'] = CF_WHAT_DISCONNECT, ['f'] = CF_WHAT_FAILED, ['x'] = CF_WHAT_WITHDRAW};
    int lower = tolower(letter);
    if (lower == 's') {
        assert_int_equal(
            cf_engine_stay(rig.engine, ana(), (struct cf_span){CF_UNKNOWN_US}, ignore, NULL, NULL), CF_OK);
    } else if (lower == 'c') {
        rig.session->closing = CF_TRI_YES;
        rig_tell(CF_FIELD_BIT(CF_FIELD_CLOSING));
    } else if (lower == 'g') {
        rig_log_off();
    } else {
        (void)note(whats[lower], letter == lower ? NULL : "said by hand");
    }
}

static void test_talks(void **state)
{
    for (size_t i = 0; i < sizeof talks / sizeof *talks; i++) {
        talk[0] = '\0';
        memset(decisions, 0, sizeof decisions);
        rig.journal.write = write_down;
        rig_start(script, NULL);
        for (const char *letter = talks[i].said; *letter; letter++)
            say(*letter);
        if (strcmp(talk, talks[i].journal) != 0)
            fail_msg("%s: %s", talks[i].said, talk);
        (void)rig_tear_down(state);
        (void)set_up(state);
    }
    rig_start(script, NULL);
    assert_int_equal(cf_engine_note(rig.engine, 12345, CF_WHAT_TELL, "hello", NULL), CF_GONE);
}

/* However much administrators do, and whatever users have said. */
static void test_administrators_always_have_their_row(void **state)
{
    (void)state;
    rig_start(script, NULL);
    for (int i = 0; i < 2000; i++) {
        count = 0;
        (void)note(CF_WHAT_TELL, i < 1000 ? NULL : "hello");
        assert_true(i < 1000 || count == 1);
        rig.journalled[0] = rig.texts[0] = '\0';
    }
}

static void on_told(void *data, const struct cf_completion *completion)
{
    (void)completion;
    ++*(int *)data;
}

/* Who has gone, and waited for a message to be delivered, is not told. */
static void test_a_message_that_nobody_asks_about(void **state)
{
    (void)state;
    int told[2] = {0};
    const struct cf_engine_message message = {.text = "hello", .shown_for = {CF_UNKNOWN_US}};
    rig_start(script, NULL);
    rig_hold(CF_ACTION_WARN);
    (void)cf_engine_tell(rig.engine, ana(), &message, on_told, &told[0]);
    uint64_t second = cf_engine_tell(rig.engine, ana(), &message, on_told, &told[1]);
    cf_engine_tell_forget(rig.engine, second);
    rig_release();
    rig_run_to(CF_SECOND);
    assert_int_equal(told[0], 1);
    assert_int_equal(told[1], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_not_possible, set_up, rig_tear_down),
        cmocka_unit_test_setup_teardown(test_unwarned_by_policy, set_up, rig_tear_down),
        cmocka_unit_test_setup_teardown(test_reason_of_a_warning, set_up, rig_tear_down),
        cmocka_unit_test_setup_teardown(test_flood_of_user, set_up, rig_tear_down),
        cmocka_unit_test_setup_teardown(test_flood_across_sessions, set_up, rig_tear_down),
        cmocka_unit_test_setup_teardown(test_talks, set_up, rig_tear_down),
        cmocka_unit_test_setup_teardown(test_administrators_always_have_their_row, set_up, rig_tear_down),
        cmocka_unit_test_setup_teardown(test_a_message_that_nobody_asks_about, set_up, rig_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
