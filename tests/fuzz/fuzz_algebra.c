/*
 * Calendars made of others: an expression of the input's, over leaves that change at regular times and count
 * who looks. It holds what it says, its edges are edges, and what a question costs is what it says it cost,
 * and no more than it may: by a bound of ours, far below the real one, which is reached in a moment.
 */
#include "calendar/kind.h"
#include "fuzz.h"
#include "fuzz_calendar.h"

enum { LEAVES = 8, STACK = 24, NODES = 60, PROBES = 40, MOST = 1000, COST = 5000 };

/* Inside for `on` out of each `period`, from `phase` on. */
struct leaf {
    struct cf_calendar head;
    int64_t period, on, phase;
};

static unsigned long looks, visits; /* at leaves; of calendars in between */

static bool leaf_holds(const struct leaf *leaf, int64_t at)
{
    int64_t in = (at - leaf->phase) % leaf->period;
    return (in < 0 ? in + leaf->period : in) < leaf->on;
}

static struct cf_stretch look_at_leaf(const struct cf_calendar *calendar, int64_t at,
                                      struct cf_calendar_work *work)
{
    const struct leaf *leaf = (const struct leaf *)(const void *)calendar;
    int64_t in = (at - leaf->phase) % leaf->period;
    in = in < 0 ? in + leaf->period : in;
    looks++;
    work->done++;
    bool inside = in < leaf->on;
    return (struct cf_stretch){inside, at - in + (inside ? leaf->on : leaf->period), false};
}

static void finish_leaf(struct cf_calendar *calendar)
{
    (void)calendar;
}

/* What lets looks through, and counts them. */
struct glass {
    struct cf_calendar head;
    struct cf_calendar *behind;
};

static struct cf_stretch look_through(const struct cf_calendar *calendar, int64_t at,
                                      struct cf_calendar_work *work)
{
    visits++;
    return cf_calendar_look(((const struct glass *)(const void *)calendar)->behind, at, work);
}

static void finish_glass(struct cf_calendar *calendar)
{
    cf_calendar_unref(((struct glass *)(void *)calendar)->behind);
}

static struct cf_calendar *behind_glass(struct cf_calendar *calendar)
{
    static const struct cf_calendar_kind kind = {look_through, finish_glass, NULL, NULL};
    struct glass *glass = cf_alloc(sizeof *glass);
    cf_calendar_init(&glass->head, &kind);
    glass->head.operations = calendar->operations;
    glass->behind = calendar;
    return &glass->head;
}

/* ---- Expressions, in Polish notation read from behind: a stack of calendars, and of what they mean ---- */

struct meaning {
    int operation; /* below 0: a leaf */
    struct leaf leaf;
    size_t a, b;
};

static struct meaning meanings[NODES];

static bool holds(size_t node, int64_t at)
{
    const struct meaning *meaning = &meanings[node];
    if (meaning->operation < 0)
        return leaf_holds(&meaning->leaf, at);
    bool a = holds(meaning->a, at), b = holds(meaning->b, at);
    return meaning->operation == CF_CALENDAR_UNION   ? a || b
           : meaning->operation == CF_CALENDAR_MINUS ? a && !b
                                                     : a && b;
}

static struct cf_calendar *make_leaf(unsigned byte, unsigned how, struct meaning *meaning)
{
    static const struct cf_calendar_kind kind = {look_at_leaf, finish_leaf, NULL, NULL};
    /* Days, hours and seconds, the last of which make edges by the million. */
    static const int64_t periods[] = {
        INT64_C(86400000000), 3600000000, 7000000, 5000000, 3000000, INT64_C(31536000000000), 2,
        INT64_C(604800000000)};
    struct leaf *leaf = cf_alloc(sizeof *leaf);
    leaf->period = periods[byte % LEAVES];
    leaf->on = leaf->period * (1 + how % 15) / 16;
    leaf->on = leaf->on ? leaf->on : 1;
    leaf->phase = leaf->period * (how / 16) / 16;
    *meaning = (struct meaning){.operation = -1, .leaf = *leaf};
    cf_calendar_init(&leaf->head, &kind);
    return &leaf->head;
}

static struct cf_calendar *make(const uint8_t *data, size_t size, size_t *ret_node)
{
    struct cf_calendar *stack[STACK];
    size_t nodes[STACK], depth = 0, count = 0;
    struct cf_error err;
    for (size_t i = 0; i + 1 < size && count < NODES; i++) {
        unsigned byte = data[i];
        if (byte >= 128 && depth >= 2) {
            struct cf_calendar *made;
            enum cf_calendar_operation operation = (enum cf_calendar_operation)(byte % 3);
            if (cf_calendar_combine(operation, stack[depth - 2], stack[depth - 1], &made, &err) != 0)
                break;
            meanings[count] =
                (struct meaning){.operation = (int)operation, .a = nodes[depth - 2], .b = nodes[depth - 1]};
            cf_calendar_unref(stack[--depth]);
            cf_calendar_unref(stack[depth - 1]);
            stack[depth - 1] = byte & 64 ? behind_glass(made) : made;
            nodes[depth - 1] = count++;
        } else if (byte >= 112 && depth > 0 && depth < STACK) { /* the same again */
            stack[depth] = cf_calendar_ref(stack[depth - 1]);
            nodes[depth] = nodes[depth - 1];
            depth++;
        } else if (depth < STACK) {
            stack[depth] = make_leaf(byte, data[++i], &meanings[count]);
            nodes[depth++] = count++;
        }
    }
    struct cf_calendar *calendar = depth ? stack[depth - 1] : NULL;
    *ret_node = depth ? nodes[depth - 1] : 0;
    for (size_t i = 0; i + 1 < depth; i++)
        cf_calendar_unref(stack[i]);
    return calendar;
}

static unsigned long spent; /* for this input */

/* All that was done for one question, and what it says it was. A look ends when the work is done, except that
 * each operation may still look once. */
static struct cf_stretch ask(const struct cf_calendar *calendar, int64_t at, unsigned most)
{
    struct cf_calendar_work work = {.most = most};
    unsigned long operations = calendar->operations + 1;
    looks = visits = 0;
    struct cf_stretch stretch = cf_calendar_look(calendar, at, &work);
    spent += work.done;
    fuzz_check(looks == work.done);
    fuzz_check(work.done <= most + 2 * operations);
    fuzz_check(visits <= 4 * operations * (work.done + 1));
    return stretch;
}

static void check(struct cf_calendar *calendar, size_t node)
{
    int64_t at = INT64_C(1774000000000000);
    for (int i = 0; i < PROBES && spent < COST && at < CF_CALENDAR_REACH / 2; i++) {
        bool inside = ask(calendar, at, 0).inside;
        fuzz_check(inside == holds(node, at));
        struct cf_stretch stretch = ask(calendar, at, MOST);
        int64_t edge = stretch.edge;
        bool cut = stretch.cut;
        fuzz_check(stretch.inside == inside && edge > at);
        if (edge == CF_NEVER.us)
            return;
        fuzz_check(cut || holds(node, edge) != inside);
        fuzz_check(holds(node, edge - 1) == inside && holds(node, at + (edge - at) / 3) == inside);
        at = edge;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t node;
    spent = 0;
    struct cf_calendar *calendar = make(data, size, &node);
    if (calendar)
        check(calendar, node);
    cf_calendar_unref(calendar);
    return 0;
}
