#include "engine/readings/condition.h"

#include "base/memory.h"
#include "engine/policy_host.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define REACH 1e18  /* µs: no turn is looked for beyond; 30,000 years */
#define STILL 1e-12 /* a slope that is only a rounding error */

enum { RECENT = 8 }; /* reads among which one of the same session is looked for */

/* ---- What is recorded ---- */

static void forget(struct cf_condition *condition)
{
    for (int i = 0; i < condition->term_count; i++)
        if (condition->terms[i].kind >= CF_TERM_CONTAINS)
            cf_calendar_unref(condition->terms[i].calendar);
    condition->term_count = condition->test_count = condition->read_count = 0;
}

void cf_condition_finish(struct cf_condition *condition)
{
    forget(condition);
    if (condition->terms != condition->few_terms)
        free(condition->terms);
    if (condition->tests != condition->few_tests)
        free(condition->tests);
    if (condition->reads != condition->few_reads)
        free(condition->reads);
    *condition = (struct cf_condition){0};
}

size_t cf_condition_size(const struct cf_condition *condition)
{
    enum { BLOCKS = 4 * 16 }; /* the allocator's own bytes */
    return sizeof *condition + BLOCKS + condition->term_room * sizeof *condition->terms +
           condition->test_room * sizeof *condition->tests + condition->read_room * sizeof *condition->reads;
}

void cf_condition_begin(struct cf_condition *condition, const struct cf_engine *engine)
{
    forget(condition);
    condition->now = cf_loop_now(cf_engine_loop(engine));
    condition->wall = cf_loop_wall(cf_engine_loop(engine));
    condition->tainted = condition->rounds = false;
}

void cf_condition_end(struct cf_condition *condition, bool holds)
{
    condition->holds = holds && !condition->tainted;
    condition->fresh = true;
}

/* The array, with room for one more, which it keeps from evaluation to evaluation. */
static void *roomy(void *array, void *few, uint16_t few_count, uint16_t count, uint16_t *room, size_t size)
{
    if (count < *room)
        return array;
    if (!array) {
        *room = few_count;
        return few;
    }
    *room = (uint16_t)(2 * count);
    void *larger = cf_resize(array == few ? NULL : array, *room * size);
    return array == few ? memcpy(larger, few, count * size) : larger;
}

/* The read of this session, NULL where the condition is too large. */
static struct cf_read *read_of(struct cf_condition *condition, cf_session_key session)
{
    int count = condition->read_count;
    for (int i = count - 1; i >= 0 && i >= count - RECENT; i--)
        if (condition->reads[i].session == session)
            return &condition->reads[i];
    if (count == CF_CONDITION_SIZE)
        return NULL;
    condition->reads = roomy(condition->reads, condition->few_reads, 1, condition->read_count,
                             &condition->read_room, sizeof *condition->reads);
    struct cf_read *read = &condition->reads[condition->read_count++];
    *read = (struct cf_read){.session = session};
    return read;
}

bool cf_condition_read(struct cf_condition *condition, cf_session_key session, uint64_t fields)
{
    struct cf_read *read = read_of(condition, session);
    if (read)
        read->fields |= fields;
    return read != NULL;
}

/* ---- Terms ---- */

static int64_t sum(int64_t a, int64_t b, int sign)
{
    if (a == CF_UNKNOWN_US || b == CF_UNKNOWN_US)
        return CF_UNKNOWN_US;
    return a == INT64_MAX ? a : a + sign * b;
}

static int64_t between(int64_t later, int64_t earlier)
{
    if (later == INT64_MAX || earlier == INT64_MAX)
        return later == earlier ? 0 : later == INT64_MAX ? CF_TIME_REACH : -CF_TIME_REACH;
    return later - earlier;
}

/* Out of reach: just beyond it. */
static int64_t scaled(int64_t us, double factor)
{
    double product = (double)us * factor;
    if (us == CF_UNKNOWN_US || (us == INT64_MAX && factor > 0))
        return us;
    if (fabs(product) <= (double)CF_TIME_REACH)
        return llround(product);
    return product < 0 ? -CF_TIME_REACH - 1 : CF_TIME_REACH + 1;
}

static void ask_calendar(struct cf_term *term, const struct cf_term *a)
{
    struct cf_instant at = {a->us};
    bool inside = cf_calendar_contains(term->calendar, at), itself = false;
    switch (term->kind) {
    case CF_TERM_CONTAINS: term->us = inside; break;
    case CF_TERM_STARTS:
        term->us = cf_calendar_starts(term->calendar, at).us;
        itself = inside;
        break;
    default:
        term->us = cf_calendar_ends(term->calendar, at).us;
        itself = !inside;
        break;
    }
    term->slope = itself ? a->slope : 0;
}

bool cf_condition_grows(const struct cf_session *session, enum cf_field field)
{
    if ((field == CF_FIELD_LOCKED_FOR && session->locked == CF_TRI_NO) ||
        (field == CF_FIELD_DISCONNECTED_FOR && session->disconnected == CF_TRI_NO))
        return false;
    return cf_mono_known(cf_session_since(session, field));
}

static void look_since(const struct cf_condition *condition, const struct cf_engine *engine,
                       struct cf_term *term, int64_t later)
{
    const struct cf_session *session = cf_engine_session(engine, term->session);
    bool grows = session && cf_condition_grows(session, term->field);
    struct cf_mono at = {condition->now.us + later};
    term->us = grows ? cf_session_span(session, term->field, at).us : CF_UNKNOWN_US;
    term->slope = grows;
}

/* What the term will be `later` µs after now, those it is made of being so already. False: a span that grew
 * does not grow any more. */
static bool compute(struct cf_condition *condition, const struct cf_engine *engine, struct cf_term *term,
                    int64_t later)
{
    const struct cf_term *a = &condition->terms[term->a], *b = &condition->terms[term->b];
    switch ((enum cf_term_kind)term->kind) {
    case CF_TERM_CONSTANT: break;
    case CF_TERM_NOW:
        term->us = condition->wall.us + later;
        term->slope = 1;
        break;
    case CF_TERM_SINCE: look_since(condition, engine, term, later); return term->slope > 0;
    case CF_TERM_SUM:
    case CF_TERM_LESS: {
        int sign = term->kind == CF_TERM_SUM ? 1 : -1;
        term->us = sum(a->us, b->us, sign);
        term->slope = term->us == INT64_MAX || term->us == CF_UNKNOWN_US ? 0 : a->slope + sign * b->slope;
        break;
    }
    case CF_TERM_BETWEEN:
        term->us = between(a->us, b->us);
        term->slope = a->slope - b->slope;
        break;
    case CF_TERM_SCALED:
        term->us = scaled(a->us, term->factor);
        term->slope = a->slope * term->factor;
        break;
    case CF_TERM_CONTAINS:
    case CF_TERM_STARTS:
    case CF_TERM_ENDS: ask_calendar(term, a); break;
    }
    return true;
}

/* Adds the term and returns its number. */
static int add_term(struct cf_condition *condition, const struct cf_engine *engine, struct cf_term term)
{
    if (condition->term_count == CF_CONDITION_SIZE)
        return -1;
    condition->terms = roomy(condition->terms, condition->few_terms, CF_CONDITION_FEW, condition->term_count,
                             &condition->term_room, sizeof term);
    condition->terms[condition->term_count] = term;
    (void)compute(condition, engine, &condition->terms[condition->term_count], 0);
    return condition->term_count++;
}

int cf_condition_constant(struct cf_condition *condition, int64_t us)
{
    return add_term(condition, NULL, (struct cf_term){.kind = CF_TERM_CONSTANT, .us = us});
}

int cf_condition_now(struct cf_condition *condition)
{
    return add_term(condition, NULL, (struct cf_term){.kind = CF_TERM_NOW});
}

int cf_condition_since(struct cf_condition *condition, const struct cf_engine *engine, cf_session_key session,
                       enum cf_field field)
{
    struct cf_read *read = read_of(condition, session);
    if (!read)
        return -1;
    read->moving |= CF_FIELD_BIT(field);
    return add_term(condition, engine,
                    (struct cf_term){.kind = CF_TERM_SINCE, .field = (uint8_t)field, .session = session});
}

int cf_condition_combine(struct cf_condition *condition, enum cf_term_kind kind, int a, int b)
{
    if (a < 0 || b < 0)
        return -1;
    return add_term(condition, NULL,
                    (struct cf_term){.kind = (uint8_t)kind, .a = (uint16_t)a, .b = (uint16_t)b});
}

int cf_condition_scale(struct cf_condition *condition, int a, double factor)
{
    if (a < 0)
        return -1;
    condition->rounds = condition->rounds || factor != trunc(factor);
    return add_term(condition, NULL,
                    (struct cf_term){.kind = CF_TERM_SCALED, .a = (uint16_t)a, .factor = factor});
}

int cf_condition_ask(struct cf_condition *condition, enum cf_term_kind kind, struct cf_calendar *calendar,
                     int a)
{
    if (a < 0)
        return -1;
    struct cf_term term = {.kind = (uint8_t)kind, .a = (uint16_t)a, .calendar = calendar};
    int number = add_term(condition, NULL, term);
    if (number >= 0)
        (void)cf_calendar_ref(calendar);
    return number;
}

/* ---- Tests ---- */

/* An unknown span counts as none at all, and is no more than anything, so that it never counts against a
 * user. */
static int64_t weight(const struct cf_term *term)
{
    return term->us == CF_UNKNOWN_US ? 0 : term->us;
}

static bool outcome(const struct cf_condition *condition, const struct cf_test *test)
{
    int64_t left = weight(&condition->terms[test->left]), right = weight(&condition->terms[test->right]);
    if (condition->terms[test->right].us == CF_UNKNOWN_US)
        return false;
    return test->kind == CF_TEST_LESS ? left < right : left <= right;
}

int cf_condition_test(struct cf_condition *condition, enum cf_test_kind kind, int left, int right)
{
    if (left < 0 || right < 0 || condition->test_count == CF_CONDITION_SIZE)
        return -1;
    condition->tests = roomy(condition->tests, condition->few_tests, 1, condition->test_count,
                             &condition->test_room, sizeof *condition->tests);
    struct cf_test *test = &condition->tests[condition->test_count++];
    *test = (struct cf_test){.kind = (uint8_t)kind, .left = (uint16_t)left, .right = (uint16_t)right};
    return test->outcome = outcome(condition, test);
}

int cf_condition_contains(struct cf_condition *condition, struct cf_calendar *calendar, int a)
{
    int inside = cf_condition_ask(condition, CF_TERM_CONTAINS, calendar, a);
    return cf_condition_test(condition, CF_TEST_LESS, cf_condition_constant(condition, 0), inside);
}

/* ---- Looking again ---- */

/* All terms as they will be `later` µs after now; how many spans do not grow any more. */
static unsigned compute_all(struct cf_condition *condition, const struct cf_engine *engine, int64_t later)
{
    unsigned stopped = 0;
    for (int i = 0; i < condition->term_count; i++)
        stopped += !compute(condition, engine, &condition->terms[i], later);
    return stopped;
}

unsigned cf_condition_look(struct cf_condition *condition, const struct cf_engine *engine)
{
    condition->now = cf_loop_now(cf_engine_loop(engine));
    condition->wall = cf_loop_wall(cf_engine_loop(engine));
    unsigned flips = compute_all(condition, engine, 0);
    for (int i = 0; i < condition->test_count; i++)
        flips += outcome(condition, &condition->tests[i]) != condition->tests[i].outcome;
    if (flips)
        condition->fresh = false;
    return flips;
}

int cf_condition_changed(struct cf_condition *condition, cf_session_key session, uint64_t fields, bool listed)
{
    unsigned differ = 0, moved = 0;
    if (!condition->fresh)
        return -1; /* it is going to be evaluated anyhow */
    for (int i = 0; i < condition->read_count; i++) {
        const struct cf_read *read = &condition->reads[i];
        if (read->session == session) {
            differ += listed || (read->fields & fields);
            moved += (read->moving & fields) != 0;
        } else if (!read->session) {
            differ += listed || (read->fields & fields);
        }
    }
    if (differ)
        condition->fresh = false;
    return differ || moved ? (int)differ : -1;
}

static bool differs(struct cf_condition *condition, const struct cf_engine *engine,
                    const struct cf_test *test, int64_t later)
{
    (void)compute_all(condition, engine, later);
    return outcome(condition, test) != test->outcome;
}

/* By halving, since the script's arithmetic rounds, and only it knows how. At `low` the outcome is still the
 * same. */
static int64_t halve(struct cf_condition *condition, const struct cf_engine *engine,
                     const struct cf_test *test, int64_t low, int64_t high)
{
    if (low < 0 || differs(condition, engine, test, low))
        low = 0;
    if (differs(condition, engine, test, high))
        while (high - low > 1) {
            int64_t middle = low + (high - low) / 2;
            *(differs(condition, engine, test, middle) ? &high : &low) = middle;
        }
    (void)compute_all(condition, engine, 0);
    return high;
}

/* The first µs after now at which the test comes out differently, or one before; 0: never. */
static int64_t turn_of_test(struct cf_condition *condition, const struct cf_engine *engine,
                            const struct cf_test *test)
{
    const struct cf_term *left = &condition->terms[test->left], *right = &condition->terms[test->right];
    double slope = left->slope - right->slope;
    if (right->us == CF_UNKNOWN_US)
        return 0;
    if (test->outcome ? slope <= STILL : slope >= -STILL)
        return 0; /* it only gets truer */
    double estimate = fabs(((double)weight(left) - (double)weight(right)) / slope);
    if (estimate > REACH)
        return 0;
    if (condition->rounds) {
        int64_t slack = 1 + (int64_t)(2 / fabs(slope));
        return halve(condition, engine, test, (int64_t)estimate - slack, (int64_t)estimate + 1 + slack);
    }
    int64_t distance = weight(left) - weight(right), step = (int64_t)fabs(slope);
    int64_t target = (test->kind == CF_TEST_LESS ? -1 : 0) + test->outcome;
    return (llabs(target - distance) + step - 1) / step;
}

/* When what the calendar says of a term may change; 0: never. A time that runs backwards meets no edge. */
static int64_t turn_of_calendar(const struct cf_condition *condition, const struct cf_term *term)
{
    const struct cf_term *a = &condition->terms[term->a];
    if (a->slope <= STILL)
        return 0;
    struct cf_instant edge = cf_calendar_next_edge(term->calendar, (struct cf_instant){a->us});
    double estimate = ((double)edge.us - (double)a->us) / a->slope;
    if (edge.us == CF_NEVER.us || estimate > REACH)
        return 0;
    return estimate < 1 ? 1 : (int64_t)estimate;
}

static void take_sooner(int64_t *soonest, int64_t later)
{
    if (later && (!*soonest || later < *soonest))
        *soonest = later;
}

struct cf_mono cf_condition_turn(struct cf_condition *condition, const struct cf_engine *engine)
{
    int64_t soonest = 0;
    for (int i = 0; i < condition->term_count; i++)
        if (condition->terms[i].kind >= CF_TERM_CONTAINS)
            take_sooner(&soonest, turn_of_calendar(condition, &condition->terms[i]));
    for (int i = 0; i < condition->test_count; i++)
        take_sooner(&soonest, turn_of_test(condition, engine, &condition->tests[i]));
    return soonest ? (struct cf_mono){condition->now.us + soonest} : CF_MONO_UNKNOWN;
}

/* ---- What input could change ---- */

/* A calendar answers by leaps: by how much, nobody can tell beforehand. */
static double pull_of(const struct cf_condition *condition, const struct cf_term *term,
                      cf_session_key session, enum cf_field field)
{
    double a = condition->terms[term->a].pull, b = condition->terms[term->b].pull;
    switch ((enum cf_term_kind)term->kind) {
    case CF_TERM_CONSTANT:
    case CF_TERM_NOW: return 0;
    case CF_TERM_SINCE: return term->session == session && term->field == field;
    case CF_TERM_SUM: return a + b;
    case CF_TERM_LESS:
    case CF_TERM_BETWEEN: return a - b;
    case CF_TERM_SCALED: return a * term->factor;
    case CF_TERM_CONTAINS:
    case CF_TERM_STARTS:
    case CF_TERM_ENDS: break;
    }
    return a == 0 ? 0 : NAN;
}

/* A span that begins anew is shorter from then on, so a test can only move one way. */
static bool could_differ(const struct cf_condition *condition, const struct cf_test *test)
{
    double pull = condition->terms[test->right].pull - condition->terms[test->left].pull;
    return test->outcome ? !(pull <= 0) : !(pull >= 0); /* so that where nobody can tell, it could */
}

uint64_t cf_condition_could_change(struct cf_condition *condition, cf_session_key session, uint64_t fields)
{
    uint64_t could = 0;
    for (; fields; fields &= fields - 1) {
        enum cf_field field = (enum cf_field)__builtin_ctzll(fields);
        bool any = false;
        for (int i = 0; i < condition->term_count; i++)
            condition->terms[i].pull = pull_of(condition, &condition->terms[i], session, field);
        for (int i = 0; i < condition->test_count && !any; i++)
            any = could_differ(condition, &condition->tests[i]);
        could |= any ? CF_FIELD_BIT(field) : 0;
    }
    return could;
}

uint64_t cf_condition_fields(const struct cf_condition *condition, cf_session_key session)
{
    uint64_t fields = 0;
    for (int i = 0; i < condition->read_count; i++)
        if (condition->reads[i].session == session)
            fields |= condition->reads[i].fields | condition->reads[i].moving;
    return fields;
}
