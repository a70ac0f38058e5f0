#include "random_condition.h"

#include "time/span.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

#define UNKNOWN INT64_MIN /* a span that nobody knows */

int64_t random_us(struct cf_random *random, int64_t most)
{
    return 1 + (int64_t)(cf_random_next(random) % (uint64_t)most);
}

int64_t random_minutes(struct cf_random *random, uint32_t low, uint32_t high)
{
    int64_t whole = CF_MINUTE.us * cf_random_between(random, low, high);
    switch (cf_random_below(random, 4)) {
    case 0: return whole + CF_SECOND.us * cf_random_below(random, 60);
    case 1: return whole + random_us(random, CF_MINUTE.us);
    default: return whole;
    }
}

/* ---- Made up ---- */

void condition_init(struct condition *condition, struct cf_random *random)
{
    condition->count = 0;
    condition->root = NULL;
    unsigned from = cf_random_below(random, 10), to = from + 1 + cf_random_below(random, 12);
    (void)snprintf(condition->hours, sizeof condition->hours, "%02u:%02u-%02u:%02u", from % 24,
                   cf_random_below(random, 60), to % 24, cf_random_below(random, 60));
    int code =
        cf_calendar_weekly(&(const char *){condition->hours}, 1, cf_zone_utc(), &condition->calendar, NULL);
    assert(code == 0);
    (void)code;
}

void condition_finish(struct condition *condition)
{
    cf_calendar_unref(condition->calendar);
}

struct node *condition_node(struct condition *condition, enum node_kind kind, const struct node *a,
                            const struct node *b)
{
    assert(condition->count < CONDITION_NODES);
    condition->nodes[condition->count] = (struct node){.kind = kind, .a = a, .b = b};
    return &condition->nodes[condition->count++];
}

const struct node *condition_constant(struct condition *condition, int64_t us)
{
    struct node *made = condition_node(condition, CONSTANT, NULL, NULL);
    made->us = us;
    return made;
}

static const struct node *base(struct condition *condition, struct cf_random *random)
{
    static const enum node_kind all[] = {
        IDLE, IDLE, IDLE, OUTPUT, AGE, LOCKED_FOR, DISCONNECTED_FOR, SINCE_START, TO_START, TO_END};
    return condition_node(condition, all[cf_random_below(random, sizeof all / sizeof *all)], NULL, NULL);
}

static const struct node *span(struct condition *condition, struct cf_random *random)
{
    static const double factors[] = {2, 3, 0.5, 0.1, 1.5, 0.7};
    const struct node *value = base(condition, random);
    switch (cf_random_below(random, 6)) {
    case 0: {
        struct node *made =
            condition_node(condition, cf_random_below(random, 2) ? TIMES : DIVIDED, value, NULL);
        made->factor = factors[cf_random_below(random, 6)];
        return made;
    }
    case 1: return condition_node(condition, PLUS, value, base(condition, random));
    case 2: return condition_node(condition, MINUS, value, base(condition, random));
    default: return value;
    }
}

static const struct node *comparison(struct condition *condition, struct cf_random *random)
{
    const struct node *a = condition_constant(condition, random_us(random, 2 * CF_HOUR.us)),
                      *b = span(condition, random);
    bool swapped = cf_random_below(random, 2);
    return condition_node(condition, cf_random_below(random, 2) ? LESS : LESS_OR_EQUAL, swapped ? b : a,
                          swapped ? a : b);
}

static const struct node *window(struct condition *condition, struct cf_random *random)
{
    static const enum node_kind instants[] = {NOW, NOW, NOW, LAST_INPUT, LAST_OUTPUT};
    struct node *at = condition_node(condition, instants[cf_random_below(random, 5)], NULL, NULL);
    at->us = cf_random_below(random, 2) ? random_us(random, CF_HOUR.us) : 0;
    return condition_node(condition, CONTAINS, at, NULL);
}

const struct node *condition_any(struct condition *condition, struct cf_random *random, int depth)
{
    uint32_t drawn = cf_random_below(random, depth > 0 ? 9 : 4);
    switch (drawn) {
    case 0:
        return condition_node(condition, cf_random_below(random, 2) ? IS_LOCKED : IS_DISCONNECTED, NULL,
                              NULL);
    case 1: return window(condition, random);
    case 2:
    case 3: return comparison(condition, random);
    case 4: return condition_node(condition, NOT, condition_any(condition, random, depth - 1), NULL);
    default: {
        const struct node *a = condition_any(condition, random, depth - 1);
        return condition_node(condition, drawn < 7 ? AND : OR, a,
                              condition_any(condition, random, depth - 1));
    }
    }
}

static const struct node *leaf(struct condition *condition, struct cf_random *random)
{
    static const enum node_kind kinds[] = {
        IDLE, IDLE, IDLE,    IDLE, OUTPUT, LOCKED_FOR, DISCONNECTED_FOR, IS_LOCKED, IS_DISCONNECTED,
        NOT,  NOT,  CONTAINS};
    enum node_kind kind = kinds[cf_random_below(random, sizeof kinds / sizeof *kinds)];
    if (kind == CONTAINS)
        return condition_node(condition, CONTAINS, condition_node(condition, NOW, NULL, NULL), NULL);
    if (kind == NOT)
        return condition_node(
            condition, NOT,
            cf_random_below(random, 2)
                ? condition_node(condition, IS_LOCKED, NULL, NULL)
                : condition_node(condition, CONTAINS, condition_node(condition, NOW, NULL, NULL), NULL),
            NULL);
    if (kind == IS_LOCKED || kind == IS_DISCONNECTED)
        return condition_node(condition, kind, NULL, NULL);
    const struct node *least = condition_constant(condition, random_minutes(random, 1, 25));
    return condition_node(condition, LESS_OR_EQUAL, least, condition_node(condition, kind, NULL, NULL));
}

const struct node *condition_plain(struct condition *condition, struct cf_random *random)
{
    const struct node *made = leaf(condition, random);
    for (uint32_t more = cf_random_below(random, 3); more > 0; more--)
        made =
            condition_node(condition, cf_random_below(random, 3) ? AND : OR, made, leaf(condition, random));
    return made;
}

/* ---- As Lua ---- */

void condition_write(const struct node *node, struct cf_buffer *out)
{
    static const char *const words[] = {[AND] = " and ",
                                        [OR] = " or ",
                                        [IS_LOCKED] = "session.locked",
                                        [IS_DISCONNECTED] = "session.disconnected",
                                        [LESS] = " < ",
                                        [LESS_OR_EQUAL] = " <= ",
                                        [IDLE] = "session.idle",
                                        [OUTPUT] = "session.output",
                                        [AGE] = "session.age",
                                        [LOCKED_FOR] = "session.locked_for",
                                        [DISCONNECTED_FOR] = "session.disconnected_for",
                                        [SINCE_START] = "(clock.now() - t0)",
                                        [PLUS] = " + ",
                                        [MINUS] = " - ",
                                        [TO_START] = "(hours:starts(clock.now()) - clock.now())",
                                        [TO_END] = "(hours:ends(clock.now()) - clock.now())"};
    switch (node->kind) {
    case AND:
    case OR:
    case LESS:
    case LESS_OR_EQUAL:
    case PLUS:
    case MINUS:
        cf_buffer_puts(out, "(");
        condition_write(node->a, out);
        cf_buffer_puts(out, words[node->kind]);
        condition_write(node->b, out);
        cf_buffer_puts(out, ")");
        break;
    case NOT:
        cf_buffer_puts(out, "not ");
        condition_write(node->a, out);
        break;
    case CONTAINS:
        cf_buffer_puts(out, "hours:contains(");
        condition_write(node->a, out);
        cf_buffer_puts(out, ")");
        break;
    case TIMES:
    case DIVIDED:
        condition_write(node->a, out);
        cf_buffer_printf(out, " %s %.17g", node->kind == TIMES ? "*" : "/", node->factor);
        break;
    case CONSTANT: cf_buffer_printf(out, "%lld * us", (long long)node->us); break;
    case NOW: cf_buffer_printf(out, "clock.now() + %lld * us", (long long)node->us); break;
    case LAST_INPUT:
    case LAST_OUTPUT:
        cf_buffer_printf(out, "clock.now() - session.%s + %lld * us",
                         node->kind == LAST_INPUT ? "idle" : "output", (long long)node->us);
        break;
    default: cf_buffer_puts(out, words[node->kind]); break;
    }
}

/* ---- Plainly ---- */

struct look {
    const struct condition *condition;
    const struct facts *facts;
    bool blind; /* it read what nobody knows */
};

static int64_t field(struct look *look, enum node_kind kind)
{
    const struct facts *facts = look->facts;
    look->blind = look->blind || (kind == IDLE && !facts->known);
    if (!facts->known)
        return UNKNOWN;
    return facts->now - (kind == IDLE ? facts->last_input : facts->last_output);
}

static int64_t lasting(int64_t since, const struct facts *facts)
{
    return since < 0 ? 0 : facts->now - since;
}

static int64_t value(struct look *look, const struct node *node)
{
    const struct facts *facts = look->facts;
    const struct cf_calendar *calendar = look->condition->calendar;
    struct cf_instant now = facts->wall;
    int64_t a = node->a ? value(look, node->a) : 0, b = node->b ? value(look, node->b) : 0;
    if (a == UNKNOWN || b == UNKNOWN)
        return UNKNOWN;
    switch (node->kind) {
    case CONSTANT: return node->us;
    case IDLE:
    case OUTPUT: return field(look, node->kind);
    case AGE: return facts->now - facts->logged_on;
    case SINCE_START: return now.us - facts->start.us;
    case LOCKED_FOR: return lasting(facts->locked, facts);
    case DISCONNECTED_FOR: return lasting(facts->disconnected, facts);
    case PLUS: return a + b;
    case MINUS: return a - b;
    case TIMES: return llround((double)a * node->factor);
    case DIVIDED: return llround((double)a * (1 / node->factor));
    case TO_START: return cf_calendar_starts(calendar, now).us - now.us;
    case TO_END: return cf_calendar_ends(calendar, now).us - now.us;
    case NOW: return now.us + node->us;
    default: {
        int64_t past = field(look, node->kind == LAST_INPUT ? IDLE : OUTPUT);
        return past == UNKNOWN ? UNKNOWN : now.us - past + node->us;
    }
    }
}

static int64_t span_value(struct look *look, const struct node *node)
{
    int64_t us = value(look, node);
    return us == UNKNOWN ? 0 : us; /* it compares as zero */
}

static bool is_true(struct look *look, const struct node *node)
{
    switch (node->kind) {
    case AND: return is_true(look, node->a) && is_true(look, node->b);
    case OR: return is_true(look, node->a) || is_true(look, node->b);
    case NOT: return !is_true(look, node->a);
    case IS_LOCKED: return look->facts->locked >= 0;
    case IS_DISCONNECTED: return look->facts->disconnected >= 0;
    case CONTAINS: {
        int64_t at = value(look, node->a);
        return at != UNKNOWN && cf_calendar_contains(look->condition->calendar, (struct cf_instant){at});
    }
    case LESS: return span_value(look, node->a) < span_value(look, node->b);
    default: return span_value(look, node->a) <= span_value(look, node->b);
    }
}

bool condition_holds(const struct condition *condition, const struct node *node, const struct facts *facts)
{
    struct look look = {.condition = condition, .facts = facts};
    return is_true(&look, node) && !look.blind;
}
