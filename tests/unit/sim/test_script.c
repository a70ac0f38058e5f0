/* Scripts: what is refused and in which words; the text form: there and back; hostile files. */
#include "../../fixture/folder.h"
#include "../unit.h"

#include "base/memory.h"
#include "base/text.h"
#include "sim/random.h"
#include "sim/scenario.h"

#include <stdio.h>
#include <string.h>

static struct cf_session ana, terminal;

static int set_up(void **state)
{
    (void)state;
    cf_session_init(&ana);
    cf_session_set_string(&ana, CF_FIELD_USER, "ana");
    cf_session_copy(&terminal, &ana);
    cf_session_set_string(&terminal, CF_FIELD_TYPE, "tty");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    cf_session_finish(&ana);
    cf_session_finish(&terminal);
    return 0;
}

#define LOGON(who)                                                                                           \
    {                                                                                                        \
        .at_us = 1, .kind = CF_EVENT_LOGON, .logon = &(who)                                                  \
    }

/* Events of which the last contradicts those before it, and the sentence that says so. */
struct refusal {
    struct cf_event events[4];
    const char *sentence;
};

static const struct refusal refusals[] = {
    {{LOGON(ana), {.at_us = 2, .kind = CF_EVENT_LOGON, .logon = &ana}},
     "line 2: ana logs on at label 0, where a session already is"},
    {{{.kind = CF_EVENT_INPUT, .label = 3}}, "line 1: somebody types at label 3, where no session is"},
    {{LOGON(ana), {.kind = CF_EVENT_INPUT}},
     "line 2: ana types at label 0, earlier than the event before it"},
    {{LOGON(ana), {.at_us = 2, .kind = CF_EVENT_UNLOCK}},
     "line 2: ana unlocks at label 0, which is not locked"},
    {{LOGON(ana), {.at_us = 2, .kind = CF_EVENT_LOCK}, {.at_us = 2, .kind = CF_EVENT_LOCK}},
     "line 3: ana locks at label 0, which is locked"},
    {{LOGON(terminal), {.at_us = 2, .kind = CF_EVENT_LOCK}},
     "line 2: ana locks at label 0, a terminal, which can be neither locked nor disconnected"},
    {{LOGON(terminal), {.at_us = 2, .kind = CF_EVENT_DISCONNECT}},
     "line 2: ana disconnects at label 0, a terminal, which can be neither locked nor disconnected"},
    {{LOGON(ana), {.at_us = 2, .kind = CF_EVENT_RECONNECT}},
     "line 2: ana reconnects at label 0, which is not disconnected"},
    {{LOGON(ana), {.at_us = 2, .kind = CF_EVENT_DISCONNECT}, {.at_us = 3, .kind = CF_EVENT_INPUT}},
     "line 3: ana types at label 0, which is disconnected"},
    {{LOGON(ana), {.at_us = 2, .kind = CF_EVENT_LOGOFF}, {.at_us = 3, .kind = CF_EVENT_RETURN}},
     "line 3: ana returns at label 0, where no session is"},
    {{LOGON(ana), {.at_us = 2, .kind = CF_EVENT_LOGOFF}, {.at_us = 3, .kind = CF_EVENT_LOGOFF}},
     "line 3: ana logs off at label 0, where no session is"},
    {{LOGON(ana), {.at_us = 2, .kind = CF_EVENT_JOB, .text = "make"}},
     "line 2: ana starts or ends a job at label 0, where it does not run"},
    {{LOGON(ana),
      {.at_us = 2, .kind = CF_EVENT_JOB, .text = "make", .argument = 1},
      {.at_us = 2, .kind = CF_EVENT_JOB, .text = "make", .argument = 1}},
     "line 3: ana starts or ends a job at label 0, where it runs already"},
    {{LOGON(ana), {.at_us = 2, .kind = CF_EVENT_JOB, .argument = 1}},
     "line 2: somebody starts or ends a job at label 0, but the program wants a name, of at most 250 bytes in UTF-8"},
    {{LOGON(ana), {.at_us = 2, .kind = CF_EVENT_ANSWER, .argument = 2}},
     "line 2: somebody answers at label 0, with an argument that is neither 0 nor 1"},
    {{{.at_us = 5, .kind = CF_EVENT_SLEEP, .argument = 10},
      {.at_us = 14, .kind = CF_EVENT_LOGON, .logon = &ana}},
     "line 2: ana logs on at label 0, while the host sleeps"},
    {{{.kind = CF_EVENT_SLEEP}}, "line 1: the host sleeps, for no time, or longer than 101 years"},
    {{{.kind = CF_EVENT_STEP}}, "line 1: the host steps its clock, by nothing, or by more than 101 years"},
    {{{.at_us = -1, .kind = CF_EVENT_STEP, .argument = 1}},
     "line 1: the host steps its clock, before the start, or more than 101 years after it"},
    {{{.kind = CF_EVENT_FAULT, .text = "slow", .argument = 1001}},
     "line 1: the fault \"slow\" wants a chance of 0 to 1000 in a thousand"},
    {{{.kind = CF_EVENT_FAULT, .text = "hot"}},
     "line 1: there is no fault \"hot\": use latency, slow, failing, vanishing, lying, refusing, hanging, "
     "undelivered, untold, silent, twice, mistaken, reborn, stale, deaf or lasting"},
    {{{.kind = CF_EVENT_LOGON}}, "line 1: somebody logs on at label 0, but nothing says who"},
    {{{.kind = CF_EVENT_LOGON, .logon = &ana, .label = 1000000}},
     "line 1: ana logs on at label 1000000, but labels go from 0 to 999999"},
};

static void test_contradictions_are_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        const struct refusal *refusal = &refusals[i];
        struct cf_script *script = cf_script_create((struct cf_instant){0});
        struct cf_error err = {0};
        int r = 0;
        for (int line = 1; r == 0; line++) {
            assert_true(line <= 4);
            struct cf_event event = refusal->events[line - 1];
            event.line = line;
            r = cf_script_add(script, &event, &err);
        }
        assert_int_equal(r, CF_POLICY);
        assert_string_equal(err.text, refusal->sentence);
        cf_script_destroy(script);
    }
}

static void test_texts_have_bounds(void **state)
{
    (void)state;
    char text[300];
    memset(text, 'a', sizeof text);
    text[251] = '\0';
    struct cf_script *script = cf_script_create((struct cf_instant){0});
    struct cf_session record;
    cf_session_init(&record);
    struct cf_event event = {.kind = CF_EVENT_LOGON, .logon = &record};
    cf_session_set_string(&record, CF_FIELD_CLIENT, text);
    assert_int_equal(cf_script_add(script, &event, NULL), CF_POLICY);
    cf_session_set_string(&record, CF_FIELD_CLIENT, "\xFF");
    assert_int_equal(cf_script_add(script, &event, NULL), CF_POLICY);
    cf_session_set_string(&record, CF_FIELD_CLIENT, text + 1);
    assert_int_equal(cf_script_add(script, &event, NULL), 0);
    cf_session_finish(&record);
    cf_script_destroy(script);
}

/* ---- The text form ---- */

static int gather(void *data, const char *text, size_t length)
{
    assert_null(strchr(text, '\n'));
    cf_buffer_add(data, text, length);
    cf_buffer_puts(data, "\n");
    return 0;
}

static int read_text(const char *text, size_t length, struct cf_scenario **ret_scenario, struct cf_error *err)
{
    folder_make();
    const char *path = folder_write_bytes("events.jsonl", text, length);
    int r = cf_scenario_read(path, ret_scenario, err);
    if (r < 0) { /* the path is told, and not the same twice */
        assert_true(strncmp(err->text, path, strlen(path)) == 0);
        memmove(err->text, err->text + strlen(path) + 2, strlen(err->text) - strlen(path) - 1);
    }
    folder_drop();
    return r;
}

/* Words with everything that JSON must escape. */
static const char *random_word(struct cf_random *random)
{
    static const char *const words[] = {
        "a", "make", "\"quoted\\\"", "tab\tand\nline\x01", "caf\xC3\xA9", "\xE2\x80\xA8", "\xF0\x9F\x98\x80",
        "",  "\x7F/"};
    return words[cf_random_below(random, sizeof words / sizeof *words)];
}

static void random_record(struct cf_random *random, struct cf_session *record)
{
    cf_session_init(record);
    if (cf_random_chance(random, 200))
        record->identity.id = cf_strdup(random_word(random));
    for (enum cf_field field = 0; field < CF_FIELD_COUNT; field++) {
        void *member = (char *)record + cf_fields[field].offset;
        const char *const list[] = {random_word(random), cf_random_chance(random, 500) ? "b" : NULL, NULL};
        if (cf_random_chance(random, 500))
            continue;
        switch (cf_fields[field].type) {
        case CF_TYPE_STRING: cf_session_set_string(record, field, random_word(random)); break;
        case CF_TYPE_LIST: cf_session_set_list(record, field, list + cf_random_below(random, 3)); break;
        case CF_TYPE_NUMBER: *(int64_t *)member = (int64_t)(cf_random_next(random) >> 1); break;
        case CF_TYPE_TRI: *(enum cf_tri *)member = (enum cf_tri)cf_random_below(random, 3); break;
        default: break; /* times are the host's */
        }
    }
}

/* A script of random events, of which those that make sense stay. */
static struct cf_scenario *random_script(struct cf_random *random, unsigned *kinds)
{
    static const char *const faults[] = {"latency", "slow", "lying", "undelivered"};
    struct cf_script *script = cf_script_create((struct cf_instant){(int64_t)(cf_random_next(random) >> 13)});
    int64_t at_us = 0;
    for (int i = 0; i < 60; i++) {
        struct cf_session record;
        random_record(random, &record);
        if (cf_random_chance(random, 500))
            cf_session_set_string(&record, CF_FIELD_TYPE, "tty");
        at_us += cf_random_below(random, 4) * (int64_t)cf_random_below(random, UINT32_MAX);
        struct cf_event event = {.at_us = at_us,
                                 .kind = (enum cf_event_kind)cf_random_below(random, CF_EVENT_KINDS),
                                 .label = cf_random_below(random, 3),
                                 .argument = cf_random_below(random, 2),
                                 .text = random_word(random),
                                 .logon = &record};
        if (event.kind == CF_EVENT_FAULT)
            event.text = faults[cf_random_below(random, 4)];
        if (event.kind == CF_EVENT_STEP)
            event.argument = (int64_t)cf_random_next(random) >> 20;
        if (event.kind != CF_EVENT_LOGON)
            event.logon = NULL;
        if (cf_script_add(script, &event, NULL) == 0)
            *kinds |= 1u << event.kind;
        cf_session_finish(&record);
    }
    return cf_script_finish(script, (int64_t)(cf_random_next(random) >> 13));
}

static void test_print_read_print(void **state)
{
    (void)state;
    struct cf_random random = {11};
    unsigned kinds = 0;
    for (int round = 0; round < 200; round++) {
        struct cf_buffer first = {0}, second = {0};
        struct cf_scenario *scenario = random_script(&random, &kinds), *again = NULL;
        struct cf_error err = {0};
        assert_int_equal(cf_scenario_print(scenario, gather, &first), 0);
        int r = read_text(first.data, first.length, &again, &err);
        assert_string_equal(err.text, "");
        assert_int_equal(r, 0);
        assert_int_equal(cf_scenario_print(again, gather, &second), 0);
        assert_string_equal(first.data, second.data);
        cf_scenario_destroy(scenario);
        cf_scenario_destroy(again);
        cf_buffer_finish(&first);
        cf_buffer_finish(&second);
    }
    assert_int_equal(kinds, (1u << CF_EVENT_KINDS) - 1); /* each took part */
}

static int stop_at_two(void *data, const char *text, size_t length)
{
    (void)text, (void)length;
    return ++*(int *)data == 2 ? 42 : 0;
}

static void test_printing_can_be_stopped(void **state)
{
    (void)state;
    struct cf_random random = {1};
    unsigned kinds = 0;
    struct cf_scenario *scenario = random_script(&random, &kinds);
    int lines = 0;
    assert_int_equal(cf_scenario_print(scenario, stop_at_two, &lines), 42);
    cf_scenario_destroy(scenario);
}

#define HEADER "{\"curfew-scenario\":1,\"start\":\"2026-03-02T00:00:00.000000Z\",\"length_us\":100}\n"

static void test_bad_files_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *sentence;
    } files[] = {
        {"", "the file is empty"},
        {"[]", "line 1: a JSON object is wanted"},
        {"{}", "line 1: a scenario begins with {\"curfew-scenario\":1,\"start\":…,\"length_us\":…}"},
        {"{\"curfew-scenario\":2,\"start\":\"2026-03-02\",\"length_us\":1}",
         "line 1: version 2 of the form is not known here: this program reads version 1"},
        {"{\"curfew-scenario\":1,\"start\":\"2026-03-02\",\"length_us\":1,\"caller\":-1}",
         "line 1: \"caller\" is not a label"},
        {"{\"curfew-scenario\":1,\"start\":\"2026-03-02\",\"length_us\":-1}",
         "line 1: \"length_us\" is below 0 or above 101 years"},
        {HEADER "{\"at_us\":1}", "line 2: an event wants \"at_us\" and \"what\""},
        {HEADER "{\"at_us\":1,\"what\":\"dance\"}", "line 2: there is no such event: \"dance\""},
        {HEADER "{\"at_us\":1.5,\"what\":\"input\"}", "line 2: a whole number is wanted for: \"at_us\""},
        {HEADER "{\"at_us\":1,\"what\":\"input\"}", "line 2: \"input\" wants \"label\" and nothing else"},
        {HEADER "{\"at_us\":1,\"what\":\"input\",\"label\":0,\"text\":\"a\"}",
         "line 2: \"input\" wants \"label\" and nothing else"},
        {HEADER "{\"at_us\":1,\"what\":\"input\",\"label\":0,\"colour\":1}",
         "line 2: an event has no such member, or not of this type: \"colour\""},
        {HEADER "{\"at_us\":1,\"what\":\"input\",\"label\":-1}",
         "line 2: somebody types at label 4294967295, but labels go from 0 to 999999"},
        {HEADER "{\"at_us\":101,\"what\":\"step\",\"argument\":1}",
         "line 2: an event after the scenario's end"},
        {HEADER "{\"at_us\":1,\"what\":\"logon\",\"label\":0,\"session\":{\"hat\":1}}",
         "line 2: a session has no such field: \"hat\""},
        {HEADER "{\"at_us\":1,\"what\":\"logon\",\"label\":0,\"session\":{\"idle\":1}}",
         "line 2: the host itself keeps the time of: \"idle\""},
        {HEADER "{\"at_us\":1,\"what\":\"logon\",\"label\":0,\"session\":{\"groups\":[1]}}",
         "line 2: a list of texts is wanted for: \"groups\""},
        {HEADER "{\"at_us\":1,\"what\":\"logon\",\"label\":0,\"session\":{\"active\":1}}",
         "line 2: true or false is wanted for: \"active\""},
        {HEADER "{\"at_us\":1,\"what\":\"logon\",\"label\":0,\"session\":{}}\n"
                "{\"at_us\":2,\"what\":\"logon\",\"label\":0,\"session\":{}}\n",
         "line 3: somebody logs on at label 0, where a session already is"},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct cf_scenario *scenario = NULL;
        struct cf_error err = {0};
        assert_int_equal(read_text(files[i].text, strlen(files[i].text), &scenario, &err), CF_POLICY);
        assert_string_equal(err.text, files[i].sentence);
        assert_null(scenario);
    }
    struct cf_scenario *scenario = NULL;
    assert_int_equal(cf_scenario_read("/nowhere/at/all", &scenario, NULL), CF_FAILED);
}

/* Whatever is done to a good file: it is read or refused, and nothing else happens. */
static void test_mutilated_files(void **state)
{
    (void)state;
    struct cf_random random = {5};
    unsigned kinds = 0, refused = 0;
    struct cf_buffer good = {0};
    struct cf_scenario *scenario = random_script(&random, &kinds);
    assert_int_equal(cf_scenario_print(scenario, gather, &good), 0);
    cf_scenario_destroy(scenario);
    char *text = cf_alloc(good.length + 1);
    for (int round = 0; round < 400; round++) {
        memcpy(text, good.data, good.length + 1);
        for (uint32_t hits = cf_random_between(&random, 1, 4); hits > 0; hits--)
            text[cf_random_below(&random, (uint32_t)good.length)] = (char)cf_random_below(&random, 256);
        struct cf_scenario *read = NULL;
        struct cf_error err;
        if (read_text(text, cf_random_below(&random, (uint32_t)good.length + 1), &read, &err) == 0)
            cf_scenario_destroy(read);
        else
            refused++;
    }
    assert_true(refused > 100);
    char *line = text = cf_resize(text, 70000);
    memset(line, ' ', 70000);
    struct cf_error err;
    assert_int_equal(read_text(line, 70000, &scenario, &err), CF_POLICY);
    assert_string_equal(err.text, "line 1: longer than 65534 bytes, or it holds a NUL");
    free(text);
    cf_buffer_finish(&good);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contradictions_are_named), cmocka_unit_test(test_texts_have_bounds),
        cmocka_unit_test(test_print_read_print),         cmocka_unit_test(test_printing_can_be_stopped),
        cmocka_unit_test(test_bad_files_are_refused),    cmocka_unit_test(test_mutilated_files),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
