/*
 * Conditions wake exactly. Random conditions over random histories of a session: the instants at which the
 * engine resumes are those at which the plain predicate, evaluated here at every edge there may be, comes
 * true.
 */
#include "stage.h"

#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define START ((struct cf_instant){INT64_C(1772409600000000)}) /* Monday 2026-03-02, 00:00 UTC */

enum { HOURS = 12, EVENTS = 60, NODES = 64, WAKES = 4000, TRIALS = 1000 };

/* ---- What happens to the session ---- */

struct moment {
    int64_t at;
    enum cf_event_kind kind;
};

struct state {
    int64_t input, locked, disconnected; /* since; -1: it is not */
};

/* ---- Conditions: as Lua, and as a tree that is looked at plainly ---- */

enum what {
    AND,
    OR,
    NOT, /* a, b */
    IS_LOCKED,
    IS_DISCONNECTED, /* plain fields */
    CONTAINS,        /* a */
    LESS,
    LESS_OR_EQUAL, /* a, b */
    CONSTANT,
    IDLE,
    AGE,
    LOCKED_FOR,
    DISCONNECTED_FOR,
    SINCE_START, /* spans */
    PLUS,
    MINUS,
    TIMES,
    DIVIDED,
    TO_START,
    TO_END, /* how long until the calendar says so */
    NOW,
    LAST_INPUT, /* instants, plus us */
};

struct node {
    enum what what;
    const struct node *a, *b;
    int64_t us;
    double factor;
};

static struct trial {
    struct stage stage;
    uint64_t chance;
    bool pushes;
    struct moment moments[EVENTS];
    int count;
    struct node nodes[NODES];
    int node_count;
    struct cf_calendar *calendar;
    int64_t wakes[WAKES], pause;
    int wake_count;
    char policy[4096];
} trial;

static int64_t random_us(int64_t below)
{
    return 1 + pick(&trial.chance, below);
}

static struct node *node(enum what what, const struct node *a, const struct node *b)
{
    assert_true(trial.node_count < NODES);
    trial.nodes[trial.node_count] = (struct node){.what = what, .a = a, .b = b};
    return &trial.nodes[trial.node_count++];
}

static const struct node *constant(int64_t us)
{
    struct node *made = node(CONSTANT, NULL, NULL);
    made->us = us;
    return made;
}

/* A span; with an idle time in it only where it may be told at once, or grows the answer. */
static const struct node *base(bool idle)
{
    static const enum what all[] = {AGE,  LOCKED_FOR, DISCONNECTED_FOR, SINCE_START, TO_START, TO_END, IDLE,
                                    IDLE, IDLE};
    return node(idle && !trial.pushes ? IDLE : all[pick(&trial.chance, idle ? 9 : 6)], NULL, NULL);
}

static const struct node *span(bool idle)
{
    static const double factors[] = {2, 3, 0.5, 0.1, 1.5, 0.7};
    const struct node *value = base(idle);
    switch (pick(&trial.chance, 6)) {
    case 0: {
        struct node *made = node(pick(&trial.chance, 2) ? TIMES : DIVIDED, value, NULL);
        made->factor = factors[pick(&trial.chance, 6)];
        return made;
    }
    case 1: return node(PLUS, value, base(false));
    case 2:
        return node(MINUS, value,
                    idle && !trial.pushes ? constant(random_us(CF_HOUR.us)) : base(trial.pushes));
    default: return value;
    }
}

static const struct node *comparison(void)
{
    bool idle = pick(&trial.chance, 2);
    const struct node *left = constant(random_us(2 * CF_HOUR.us)), *right = span(idle);
    if ((!idle || trial.pushes) && pick(&trial.chance, 2)) {
        const struct node *swapped = left;
        left = right;
        right = swapped;
    }
    return node(pick(&trial.chance, 2) ? LESS : LESS_OR_EQUAL, left, right);
}

static const struct node *condition(int depth)
{
    switch (pick(&trial.chance, depth > 0 ? 9 : 4)) {
    case 0: return node(pick(&trial.chance, 2) ? IS_LOCKED : IS_DISCONNECTED, NULL, NULL);
    case 1: {
        struct node *at = node(trial.pushes && pick(&trial.chance, 4) == 0 ? LAST_INPUT : NOW, NULL, NULL);
        at->us = pick(&trial.chance, 2) ? random_us(CF_HOUR.us) : 0;
        return node(CONTAINS, at, NULL);
    }
    case 2:
    case 3: return comparison();
    case 4:
        if (trial.pushes)
            return node(NOT, condition(depth - 1), NULL);
        /* fallthrough */
    case 5:
    case 6: {
        const struct node *a = condition(depth - 1);
        return node(AND, a, condition(depth - 1));
    }
    default: {
        const struct node *a = condition(depth - 1);
        return node(OR, a, condition(depth - 1));
    }
    }
}

/* ---- As Lua ---- */

static void write_lua(struct cf_buffer *out, const struct node *node)
{
    static const char *const words[] = {[AND] = " and ",
                                        [OR] = " or ",
                                        [NOT] = "not ",
                                        [IS_LOCKED] = "session.locked",
                                        [IS_DISCONNECTED] = "session.disconnected",
                                        [LESS] = " < ",
                                        [LESS_OR_EQUAL] = " <= ",
                                        [IDLE] = "session.idle",
                                        [AGE] = "session.age",
                                        [LOCKED_FOR] = "session.locked_for",
                                        [DISCONNECTED_FOR] = "session.disconnected_for",
                                        [SINCE_START] = "(clock.now() - t0)",
                                        [PLUS] = " + ",
                                        [MINUS] = " - ",
                                        [TO_START] = "(hours:starts(clock.now()) - clock.now())",
                                        [TO_END] = "(hours:ends(clock.now()) - clock.now())"};
    switch (node->what) {
    case AND:
    case OR:
    case LESS:
    case LESS_OR_EQUAL:
    case PLUS:
    case MINUS:
        cf_buffer_puts(out, "(");
        write_lua(out, node->a);
        cf_buffer_puts(out, words[node->what]);
        write_lua(out, node->b);
        cf_buffer_puts(out, ")");
        break;
    case NOT:
        cf_buffer_puts(out, "not ");
        write_lua(out, node->a);
        break;
    case CONTAINS:
        cf_buffer_puts(out, "hours:contains(");
        write_lua(out, node->a);
        cf_buffer_puts(out, ")");
        break;
    case TIMES:
    case DIVIDED:
        write_lua(out, node->a);
        cf_buffer_printf(out, " %s %.17g", node->what == TIMES ? "*" : "/", node->factor);
        break;
    case CONSTANT: cf_buffer_printf(out, "%lld * us", (long long)node->us); break;
    case NOW: cf_buffer_printf(out, "clock.now() + %lld * us", (long long)node->us); break;
    case LAST_INPUT:
        cf_buffer_printf(out, "clock.now() - session.idle + %lld * us", (long long)node->us);
        break;
    default: cf_buffer_puts(out, words[node->what]); break;
    }
}

/* ---- Plainly ---- */

static struct state state_at(int64_t t)
{
    struct state state = {0, -1, -1};
    for (int i = 0; i < trial.count && trial.moments[i].at <= t; i++) {
        int64_t at = trial.moments[i].at;
        switch (trial.moments[i].kind) {
        case CF_EVENT_LOCK: state.locked = at; break;
        case CF_EVENT_DISCONNECT: state.disconnected = at; break;
        case CF_EVENT_UNLOCK:
            state.locked = -1;
            state.input = at;
            break;
        case CF_EVENT_RECONNECT:
            state.disconnected = -1;
            state.input = at;
            break;
        default: state.input = at; break;
        }
    }
    return state;
}

static int64_t value(const struct node *node, const struct state *state, int64_t t)
{
    struct cf_instant now = {START.us + t};
    switch (node->what) {
    case CONSTANT: return node->us;
    case IDLE: return t - state->input;
    case AGE:
    case SINCE_START: return t;
    case LOCKED_FOR: return state->locked < 0 ? 0 : t - state->locked;
    case DISCONNECTED_FOR: return state->disconnected < 0 ? 0 : t - state->disconnected;
    case PLUS: return value(node->a, state, t) + value(node->b, state, t);
    case MINUS: return value(node->a, state, t) - value(node->b, state, t);
    case TIMES: return llround((double)value(node->a, state, t) * node->factor);
    case DIVIDED: return llround((double)value(node->a, state, t) * (1 / node->factor));
    case TO_START: return cf_calendar_starts(trial.calendar, now).us - now.us;
    case TO_END: return cf_calendar_ends(trial.calendar, now).us - now.us;
    case NOW: return now.us + node->us;
    case LAST_INPUT: return START.us + state->input + node->us;
    default: fail(); return 0;
    }
}

static bool is_true(const struct node *node, const struct state *state, int64_t t)
{
    switch (node->what) {
    case AND: return is_true(node->a, state, t) && is_true(node->b, state, t);
    case OR: return is_true(node->a, state, t) || is_true(node->b, state, t);
    case NOT: return !is_true(node->a, state, t);
    case IS_LOCKED: return state->locked >= 0;
    case IS_DISCONNECTED: return state->disconnected >= 0;
    case CONTAINS: return cf_calendar_contains(trial.calendar, (struct cf_instant){value(node->a, state, t)});
    case LESS: return value(node->a, state, t) < value(node->b, state, t);
    case LESS_OR_EQUAL: return value(node->a, state, t) <= value(node->b, state, t);
    default: fail(); return false;
    }
}

static bool holds(const struct node *node, int64_t t)
{
    struct state state = state_at(t);
    return is_true(node, &state, t);
}

/* ---- Edges ---- */

static int64_t edges[100000];
static int edge_count;

static void add_edge(int64_t t)
{
    for (int64_t near = t - 1; near <= t + 1; near++)
        if (near >= 0) {
            assert_true(edge_count < 100000);
            edges[edge_count++] = near;
        }
}

static int by_time(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Where nothing happens and no window of the calendar begins or ends for any of its nodes, each leaf turns at
 * most once. */
static void find_turns(const struct node *leaf, int64_t from, int64_t to)
{
    bool at_first = holds(leaf, from);
    if (holds(leaf, to - 1) == at_first)
        return;
    int64_t low = from, high = to - 1;
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        *(holds(leaf, middle) == at_first ? &low : &high) = middle;
    }
    add_edge(high);
}

static void find_edges(int64_t end)
{
    edge_count = 0;
    add_edge(0);
    for (int i = 0; i < trial.count; i++)
        add_edge(trial.moments[i].at);
    for (int i = 0; i < trial.node_count; i++) {
        enum what what = trial.nodes[i].what;
        if (what != NOW && what != TO_START && what != TO_END)
            continue;
        struct cf_instant at = {START.us + trial.nodes[i].us};
        while ((at = cf_calendar_next_edge(trial.calendar, at)).us - trial.nodes[i].us < START.us + end)
            add_edge(at.us - trial.nodes[i].us - START.us);
    }
    add_edge(end);
    qsort(edges, (size_t)edge_count, sizeof *edges, by_time);
    int fixed = edge_count;
    for (int e = 0; e + 1 < fixed; e++)
        for (int i = 0; i < trial.node_count && edges[e + 1] - edges[e] > 1; i++)
            if (trial.nodes[i].what == LESS || trial.nodes[i].what == LESS_OR_EQUAL)
                find_turns(&trial.nodes[i], edges[e], edges[e + 1]);
    qsort(edges, (size_t)edge_count, sizeof *edges, by_time);
}

/* The first instant from `from` on at which it holds; -1: none. */
static int64_t next_hold(const struct node *node, int64_t from)
{
    if (holds(node, from))
        return from;
    for (int i = 0; i < edge_count; i++)
        if (edges[i] > from && holds(node, edges[i]))
            return edges[i];
    return -1;
}

/* ---- A trial ---- */

static struct cf_scenario *history(void)
{
    struct cf_session ana;
    cf_session_init(&ana);
    cf_session_set_string(&ana, CF_FIELD_USER, "ana");
    cf_session_set_string(&ana, CF_FIELD_CLASS, "user");
    cf_session_set_string(&ana, CF_FIELD_TYPE, "rdp");
    struct cf_script *script = cf_script_create(START);
    struct cf_error err = {0};
    struct cf_event logon = {.kind = CF_EVENT_LOGON, .logon = &ana};
    assert_int_equal(cf_script_add(script, &logon, &err), 0);
    bool locked = false, away = false;
    int64_t at = 0;
    trial.count = (int)pick(&trial.chance, EVENTS);
    for (int i = 0; i < trial.count; i++) {
        at += random_us(pick(&trial.chance, 3) ? CF_HOUR.us / 4 : CF_HOUR.us);
        enum cf_event_kind kind = CF_EVENT_INPUT;
        int64_t which = pick(&trial.chance, 4);
        if (away)
            kind = CF_EVENT_RECONNECT, away = false;
        else if (locked)
            kind = CF_EVENT_UNLOCK, locked = false;
        else if (which == 0)
            kind = CF_EVENT_DISCONNECT, away = true;
        else if (which == 1)
            kind = CF_EVENT_LOCK, locked = true;
        trial.moments[i] = (struct moment){at, kind};
        struct cf_event event = {.at_us = at, .kind = kind};
        if (cf_script_add(script, &event, &err) != 0)
            fail_msg("%s", err.text);
    }
    cf_session_finish(&ana);
    return cf_script_finish(script, HOURS * CF_HOUR.us);
}

static void write_policy(const char *path, const struct node *node)
{
    struct cf_buffer text = {0};
    char line[32];
    int from = (int)pick(&trial.chance, 10);
    (void)snprintf(line, sizeof line, "%02d:15-%02d:40", from, from + 1 + (int)pick(&trial.chance, 4));
    struct cf_error err = {0};
    assert_int_equal(cf_calendar_weekly(&(const char *){line}, 1, cf_zone_utc(), &trial.calendar, &err), 0);
    cf_buffer_printf(
        &text,
        "local us, t0 = second / 1000000, clock.now()\nlocal hours = calendar.weekly { \"%s\" }\n"
        "sessions.watch({ class = \"user\" }, function (session)\n  while true do\n"
        "    session:wait(function () return ",
        line);
    write_lua(&text, node);
    cf_buffer_printf(
        &text,
        " end)\n    session:tell(\"now\")\n    session:forget()\n    clock.sleep(%lld * us)\n  end\nend)\n",
        (long long)trial.pause);
    (void)snprintf(trial.policy, sizeof trial.policy, "%s", text.data);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text.data, file);
    fclose(file);
    cf_buffer_finish(&text);
}

static void note_wake(void *data, const struct cf_entry *entry, cf_journal_kept *kept, void *context)
{
    struct stage *stage = data;
    cf_journal_queue_push(&stage->kept, kept, context);
    if (entry->what != CF_WHAT_TELL)
        fail_msg("%s: %s\n%s", cf_what_name(entry->what), entry->text, trial.policy);
    assert_true(trial.wake_count < WAKES);
    trial.wakes[trial.wake_count++] = entry->at_mono.us;
}

static int run_trial(const char *path, uint64_t seed, bool pushes)
{
    trial = (struct trial){.chance = seed, .pushes = pushes};
    trial.pause = CF_MINUTE.us + random_us(CF_HOUR.us);
    const struct node *wanted = condition(3);
    write_policy(path, wanted);
    stage_open(&trial.stage, path, history(), (struct cf_sim_setup){.pushes_input = pushes}, note_wake);
    stage_run(&trial.stage);
    int64_t end = HOURS * CF_HOUR.us;
    if (trial.stage.scenario->length_us > end)
        end = trial.stage.scenario->length_us;
    find_edges(end + 1);
    int count = 0;
    for (int64_t at = 0; (at = next_hold(wanted, at)) >= 0 && at <= end; at += trial.pause, count++)
        if (count >= trial.wake_count || trial.wakes[count] != at)
            fail_msg("seed %llu, input %s: wake %d at %lld instead of %lld in\n%s", (unsigned long long)seed,
                     pushes ? "told" : "read", count,
                     count < trial.wake_count ? (long long)trial.wakes[count] : -1, (long long)at,
                     trial.policy);
    assert_int_equal(trial.wake_count, count);
    stage_close(&trial.stage);
    cf_calendar_unref(trial.calendar);
    return trial.wake_count;
}

static void run_trials(bool pushes)
{
    char path[] = "/tmp/curfew-condition-XXXXXX.lua";
    int file = mkstemps(path, 4), wakes = 0;
    assert_true(file >= 0);
    close(file);
    for (uint64_t seed = 1; seed <= TRIALS; seed++)
        wakes += run_trial(path, seed * 7919, pushes);
    remove(path);
    print_message("%d conditions, %d wakes, each to the microsecond\n", TRIALS, wakes);
    assert_true(wakes > TRIALS);
}

static void test_turns_where_input_is_told(void **state)
{
    (void)state;
    run_trials(true);
}

static void test_turns_where_input_is_read(void **state)
{
    (void)state;
    run_trials(false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_turns_where_input_is_told),
        cmocka_unit_test(test_turns_where_input_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
