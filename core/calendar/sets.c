/* Set algebra: a + b, a - b and a * b hop from edge to edge of a and b. */
#include "base/memory.h"
#include "calendar/kind.h"

/* How far to look for an edge. February 29 falls on a given weekday at least every 40 years. */
static const int64_t horizon = INT64_C(36525) * 86400 * 1000000;

struct set {
    struct cf_calendar head;
    enum cf_calendar_operation operation;
    struct cf_calendar *a, *b;
};

/* Each operation is "x and y" once some of its operands and its result are negated. */
static const struct negation {
    bool a, b, result;
} negations[] = {
    [CF_CALENDAR_UNION] = {true, true, true},
    [CF_CALENDAR_MINUS] = {false, true, false},
    [CF_CALENDAR_BOTH] = {false, false, false},
};

/* A stretch that need not be the longest: "x and y" is false as long as either is. */
static struct cf_stretch look_once(const struct set *set, int64_t at, struct cf_calendar_work *work)
{
    const struct negation *negate = &negations[set->operation];
    struct cf_stretch a = cf_calendar_look(set->a, at, work), b = cf_calendar_look(set->b, at, work);
    bool x = a.inside != negate->a, y = b.inside != negate->b;
    int64_t sooner = a.edge < b.edge ? a.edge : b.edge, later = a.edge < b.edge ? b.edge : a.edge;
    int64_t edge = x && y ? sooner : !x && !y ? later : x ? b.edge : a.edge;
    return (struct cf_stretch){(x && y) != negate->result, edge, false};
}

static struct cf_stretch look(const struct cf_calendar *calendar, int64_t at, struct cf_calendar_work *work)
{
    const struct set *set = (const struct set *)calendar;
    struct cf_stretch stretch = look_once(set, at, work), next = stretch;
    while (next.inside == stretch.inside) {
        stretch.edge = next.edge;
        if (stretch.edge == CF_NEVER.us || stretch.edge - at > horizon)
            return (struct cf_stretch){stretch.inside, CF_NEVER.us, false};
        if (work->done >= work->most)
            return (struct cf_stretch){stretch.inside, stretch.edge, true};
        next = look_once(set, stretch.edge, work);
    }
    return stretch;
}

static void finish(struct cf_calendar *calendar)
{
    struct set *set = (struct set *)calendar;
    cf_calendar_unref(set->a);
    cf_calendar_unref(set->b);
}

static void visit(const struct cf_calendar *calendar, cf_calendar_visit_fn *fn, void *data)
{
    const struct set *set = (const struct set *)calendar;
    cf_calendar_visit(set->a, fn, data);
    cf_calendar_visit(set->b, fn, data);
}

static uint64_t generation(const struct cf_calendar *calendar)
{
    const struct set *set = (const struct set *)calendar;
    return cf_calendar_generation(set->a) + cf_calendar_generation(set->b);
}

int cf_calendar_combine(enum cf_calendar_operation operation, struct cf_calendar *a, struct cf_calendar *b,
                        struct cf_calendar **ret_calendar, struct cf_error *err)
{
    static const struct cf_calendar_kind kind = {look, finish, visit, generation};
    unsigned operations = a->operations + b->operations + 1;
    if (operations > CF_CALENDAR_DEPTH)
        return cf_error_set(
            err, CF_USAGE,
            "a calendar can be built of %d operations at most; put more lines into one calendar "
            "instead of adding up many",
            CF_CALENDAR_DEPTH);
    struct set *set = cf_alloc(sizeof *set);
    cf_calendar_init(&set->head, &kind);
    set->head.operations = operations;
    set->head.changes = a->changes || b->changes;
    set->operation = operation;
    set->a = cf_calendar_ref(a);
    set->b = cf_calendar_ref(b);
    *ret_calendar = &set->head;
    return CF_OK;
}

int cf_calendar_add(struct cf_calendar **sum, struct cf_calendar *more, struct cf_error *err)
{
    struct cf_calendar *both = more;
    int code = CF_OK;
    if (*sum) {
        code = cf_calendar_combine(CF_CALENDAR_UNION, *sum, more, &both, err);
        cf_calendar_unref(more);
        if (code < 0)
            return code;
        cf_calendar_unref(*sum);
    }
    *sum = both;
    return code;
}
