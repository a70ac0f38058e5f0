/* What a condition compared, in words and with the values of now: "idle (12 minutes) >= 25 minutes". */
#include "engine/answers/explain_condition.h"

#include "engine/readings/condition.h"
#include "engine/runs/calendars.h"
#include "engine/task.h"

#include <stdlib.h>
#include <string.h>

enum {
    DEEPEST = 8, /* of terms in terms; below it is "…" */
    NAMES = 10,  /* of a calendar's events */
};

/* Constants from here on are instants: no span that anybody writes has thirty years. */
#define AN_INSTANT INT64_C(1000000000000000)

/* A condition being told. */
struct telling {
    const struct cf_engine *engine;
    const struct cf_condition *condition;
    cf_session_key own; /* the session whose fields go without its id */
    struct cf_buffer *out;
};

static void add_value(struct telling *telling, int64_t us)
{
    char span[CF_SPAN_TEXT], local[CF_INSTANT_TEXT];
    bool is_instant = us == INT64_MAX || llabs(us) >= AN_INSTANT;
    cf_buffer_puts(telling->out, is_instant ? cf_instant_local((struct cf_instant){us},
                                                               cf_engine_zone(telling->engine), local)
                                            : cf_span_words((struct cf_span){us}, span));
}

static void add_term(struct telling *telling, uint16_t number, int depth);

static void add_since(struct telling *telling, const struct cf_term *term)
{
    const struct cf_session *session = cf_registry_get(telling->engine->registry, term->session);
    struct cf_mono now = cf_loop_now(telling->engine->loop);
    if (session && term->session != telling->own)
        cf_buffer_printf(telling->out, "session %s's ", session->identity.id);
    cf_buffer_printf(telling->out, "%s", cf_fields[term->field].name);
    if (!session)
        return;
    struct cf_span span = cf_session_span(session, (enum cf_field)term->field, now);
    char words[CF_SPAN_TEXT];
    span.us -= cf_span_known(span) ? span.us % CF_SECOND.us : 0;
    cf_buffer_printf(telling->out, " (%s)", cf_span_words(span, words));
}

static void add_pair(struct telling *telling, const struct cf_term *term, const char *between, int depth)
{
    add_term(telling, term->a, depth);
    cf_buffer_puts(telling->out, between);
    add_term(telling, term->b, depth);
}

static void add_calendar(struct telling *telling, const struct cf_term *term, const char *what, int depth)
{
    cf_buffer_printf(telling->out, "%s ", what);
    add_term(telling, term->a, depth);
    cf_buffer_puts(telling->out, " (");
    add_value(telling, term->us);
    cf_buffer_puts(telling->out, ")");
}

static void add_term(struct telling *telling, uint16_t number, int depth)
{
    const struct cf_term *term = &telling->condition->terms[number];
    if (depth == DEEPEST) {
        cf_buffer_puts(telling->out, "…");
        return;
    }
    switch ((enum cf_term_kind)term->kind) {
    case CF_TERM_CONSTANT: add_value(telling, term->us); break;
    case CF_TERM_NOW: cf_buffer_puts(telling->out, "now"); break;
    case CF_TERM_SINCE: add_since(telling, term); break;
    case CF_TERM_SUM: add_pair(telling, term, " + ", depth + 1); break;
    case CF_TERM_LESS:
    case CF_TERM_BETWEEN: add_pair(telling, term, " - ", depth + 1); break;
    case CF_TERM_SCALED:
        add_term(telling, term->a, depth + 1);
        cf_buffer_printf(telling->out, " × %g", term->factor);
        break;
    case CF_TERM_CONTAINS: add_calendar(telling, term, "the calendar holds", depth + 1); break;
    case CF_TERM_STARTS: add_calendar(telling, term, "the calendar's start after", depth + 1); break;
    case CF_TERM_ENDS: add_calendar(telling, term, "the calendar's end after", depth + 1); break;
    }
}

/* What moves stands on the left, as people say it. */
static void add_test(struct telling *telling, const struct cf_test *test)
{
    const struct cf_term *terms = telling->condition->terms;
    bool turned = terms[test->left].kind == CF_TERM_CONSTANT;
    bool or_equal = test->kind == CF_TEST_LESS_OR_EQUAL;
    if (terms[test->right].kind == CF_TERM_CONTAINS) {
        cf_buffer_puts(telling->out, "the calendar holds ");
        add_term(telling, terms[test->right].a, 0);
        return;
    }
    add_term(telling, turned ? test->right : test->left, 0);
    cf_buffer_puts(telling->out, turned ? (or_equal ? " >= " : " > ") : (or_equal ? " <= " : " < "));
    add_term(telling, turned ? test->left : test->right, 0);
}

json_t *cf_condition_explain(const struct cf_engine *engine, const struct cf_condition *condition,
                             cf_session_key own)
{
    json_t *tests = json_array();
    for (int i = 0; i < condition->test_count; i++) {
        struct cf_buffer text = {0};
        struct telling telling = {engine, condition, own, &text};
        add_test(&telling, &condition->tests[i]);
        (void)json_array_append_new(
            tests, json_pack("{s:s, s:b}", "text", text.data, "holds", condition->tests[i].outcome));
        cf_buffer_finish(&text);
    }
    return tests;
}

/* ---- Calendars ---- */

static bool is_listed(const json_t *names, const char *name)
{
    size_t index;
    const json_t *one;
    json_array_foreach(names, index, one) if (strcmp(json_string_value(one), name) == 0) return true;
    return false;
}

static void add_name(json_t *names, const struct cf_calendar *calendar, int64_t us)
{
    const char *raw = cf_calendar_name(calendar, (struct cf_instant){us});
    char *name = raw ? cf_text_line(raw) : NULL;
    if (name && *name && json_array_size(names) < NAMES && !is_listed(names, name))
        (void)json_array_append_new(names, json_string(name));
    free(name);
}

json_t *cf_calendars_explain(const struct cf_task *task)
{
    json_t *names = json_array();
    bool appointed = task->state == CF_TASK_WAITING && task->wait.kind == CF_WAIT_APPOINTMENT;
    const struct cf_calendar *calendar;
    for (size_t i = 0; (calendar = cf_policy_calendar(task->policy, i)) != NULL; i++) {
        add_name(names, calendar, cf_loop_wall(task->engine->loop).us);
        if (appointed)
            add_name(names, calendar, task->wait.appointment.us);
    }
    return names;
}
