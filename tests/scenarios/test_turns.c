/*
 * Conditions wake exactly. Random conditions over random histories of a session, its input and its output:
 * the instants at which the engine resumes are those at which the plain predicate, evaluated here at every
 * edge there may be, comes true. Where input can only be read, they come as late as its pace allows, and
 * never early. CURFEW_CONDITIONS=100000 tries more of them, CURFEW_FIRST=37 begins with that one,
 * CURFEW_SURVEY=1 only counts those that are wrong.
 */
#include "../fixture/folder.h"
#include "random_condition.h"
#include "simulation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define START ((struct cf_instant){INT64_C(1772409600000000)}) /* Monday 2026-03-02, 00:00 UTC */

enum { HOURS = 12, EVENTS = 80, WAKES = 8000, TRIALS = CASES(1000), EDGES = 100000 };

/* How the engine comes to know of input and output, and how late that may be. */
struct supply {
    const char *name;
    struct cf_sim_setup sim;
    bool notice; /* on the screen all the time */
    struct cf_span pace;
};

static const struct supply pushed = {.name = "pushed", .sim = {.pushes_input = true}},
                           told = {.name = "told once asked for"},
                           untold = {.name = "not told although asked for",
                                     .sim = {.faults = {.untold = 1000}},
                                     .pace = {60000000}},
                           sampled = {.name = "sampled", .sim = {.samples_input = true}, .pace = {60000000}},
                           watched = {.name = "sampled while a notice is on the screen",
                                      .sim = {.samples_input = true},
                                      .notice = true,
                                      .pace = {5000000}};

/* ---- What happens to the session ---- */

struct moment {
    int64_t at;
    enum cf_event_kind kind;
};

static struct trial {
    struct simulation sim;
    struct cf_random random;
    const struct supply *supply;
    struct moment moments[EVENTS];
    int count;
    struct condition condition;
    int64_t wakes[WAKES], pause;
    int wake_count;
    char policy[4096];
} trial;

static struct facts facts_at(int64_t t)
{
    struct facts facts = {
        .known = true, .now = t, .locked = -1, .disconnected = -1, .wall = {START.us + t}, .start = START};
    for (int i = 0; i < trial.count && trial.moments[i].at <= t; i++) {
        int64_t at = trial.moments[i].at;
        switch (trial.moments[i].kind) {
        case CF_EVENT_LOCK: facts.locked = at; break;
        case CF_EVENT_DISCONNECT: facts.disconnected = at; break;
        case CF_EVENT_OUTPUT: facts.last_output = at; break;
        case CF_EVENT_UNLOCK:
            facts.locked = -1;
            facts.last_input = at;
            break;
        case CF_EVENT_RECONNECT:
            facts.disconnected = -1;
            facts.last_input = at;
            break;
        default: facts.last_input = at; break;
        }
    }
    return facts;
}

static bool holds(const struct node *node, int64_t t)
{
    struct facts facts = facts_at(t);
    return condition_holds(&trial.condition, node, &facts);
}

/* ---- Edges ---- */

static int64_t edges[EDGES];
static int edge_count;

static void add_edge(int64_t t)
{
    for (int64_t near = t - 1; near <= t + 1; near++)
        if (near >= 0) {
            assert_true(edge_count < EDGES);
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
    const struct condition *condition = &trial.condition;
    edge_count = 0;
    add_edge(0);
    for (int i = 0; i < trial.count; i++)
        add_edge(trial.moments[i].at);
    for (int i = 0; i < condition->count; i++) {
        enum node_kind kind = condition->nodes[i].kind;
        if (kind != NOW && kind != TO_START && kind != TO_END)
            continue;
        struct cf_instant at = {START.us + condition->nodes[i].us};
        while ((at = cf_calendar_next_edge(condition->calendar, at)).us - condition->nodes[i].us <
               START.us + end)
            add_edge(at.us - condition->nodes[i].us - START.us);
    }
    add_edge(end);
    qsort(edges, (size_t)edge_count, sizeof *edges, by_time);
    int fixed = edge_count;
    for (int e = 0; e + 1 < fixed; e++)
        for (int i = 0; i < condition->count && edges[e + 1] - edges[e] > 1; i++)
            if (condition->nodes[i].kind == LESS || condition->nodes[i].kind == LESS_OR_EQUAL)
                find_turns(&condition->nodes[i], edges[e], edges[e + 1]);
    qsort(edges, (size_t)edge_count, sizeof *edges, by_time);
}

/* The first instant from `from` on at which it does, or does not, hold; -1: none. */
static int64_t next(bool wanted, int64_t from)
{
    if (holds(trial.condition.root, from) == wanted)
        return from;
    for (int i = 0; i < edge_count; i++)
        if (edges[i] > from && holds(trial.condition.root, edges[i]) == wanted)
            return edges[i];
    return -1;
}

/* The first instant from `from` on at which it has held for `span`: by then it must have been seen; -1: none.
 */
static int64_t last_chance(int64_t from, struct cf_span span)
{
    int64_t at = next(true, from);
    while (at >= 0) {
        int64_t end = next(false, at);
        if (end < 0 || end - at > span.us)
            return at + span.us;
        at = next(true, end);
    }
    return -1;
}

/* ---- A trial ---- */

static struct cf_scenario *history(void)
{
    struct cf_random *random = &trial.random;
    struct cf_session ana;
    person_init(&ana, "ana", CF_NUMBER_UNKNOWN);
    cf_session_set_string(&ana, CF_FIELD_TYPE, "rdp");
    struct cf_script *script = cf_script_create(START);
    struct cf_error err = {0};
    script_log_on(script, (struct cf_span){0}, 0, &ana);
    bool locked = false, away = false;
    int64_t at = 0;
    trial.count = (int)cf_random_below(random, EVENTS);
    for (int i = 0; i < trial.count; i++) {
        at += random_us(random, cf_random_below(random, 3) ? CF_HOUR.us / 4 : CF_HOUR.us);
        enum cf_event_kind kind = CF_EVENT_INPUT;
        uint32_t which = cf_random_below(random, 6);
        if (which == 0)
            kind = CF_EVENT_OUTPUT;
        else if (away)
            kind = CF_EVENT_RECONNECT, away = false;
        else if (locked)
            kind = CF_EVENT_UNLOCK, locked = false;
        else if (which == 1)
            kind = CF_EVENT_DISCONNECT, away = true;
        else if (which == 2)
            kind = CF_EVENT_LOCK, locked = true;
        trial.moments[i] = (struct moment){at, kind};
        struct cf_event event = {.at_us = at, .kind = kind};
        if (cf_script_add(script, &event, &err) != 0)
            fail_msg("%s", err.text);
    }
    cf_session_finish(&ana);
    return cf_script_finish(script, HOURS * CF_HOUR.us);
}

static void write_policy(const char *path)
{
    struct cf_buffer text = {0};
    cf_buffer_printf(
        &text,
        "local us, t0 = second / 1000000, clock.now()\nlocal hours = calendar.weekly { \"%s\" }\n"
        "sessions.watch({ class = \"user\" }, function (session)\n%s  while true do\n"
        "    session:wait(function () return ",
        trial.condition.hours, trial.supply->notice ? "  session:warn(\"Mind.\")\n" : "");
    condition_write(trial.condition.root, &text);
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

static void note_wake(void *data, const struct cf_entry *entry)
{
    (void)data;
    if (entry->what == CF_WHAT_WARN && trial.supply->notice)
        return;
    if (entry->what != CF_WHAT_TELL)
        fail_msg("%s: %s\n%s", cf_what_name(entry->what), entry->text, trial.policy);
    assert_true(trial.wake_count < WAKES);
    trial.wakes[trial.wake_count++] = entry->at_mono.us;
}

/* Says what is wrong with the wakes, if anything is. */
static bool check_wakes(uint64_t seed, int64_t end, bool survey)
{
    struct cf_span pace = trial.supply->pace;
    int count = 0;
    for (int64_t from = 0; from <= end; count++) {
        int64_t due = pace.us ? last_chance(from, pace) : next(true, from);
        int64_t woke = count < trial.wake_count ? trial.wakes[count] : -1;
        bool early = woke >= 0 && !holds(trial.condition.root, woke);
        bool late = due >= 0 && due <= end && (woke < 0 || woke > due);
        if ((early || late) && survey)
            return false;
        if (early || late)
            fail_msg("seed %llu, input %s: wake %d after %lld at %lld instead of %lld in\n%s",
                     (unsigned long long)seed, trial.supply->name, count, (long long)from, (long long)woke,
                     (long long)due, trial.policy);
        if (woke < 0)
            break;
        from = woke + trial.pause;
    }
    assert_int_equal(trial.wake_count, count);
    return true;
}

/* False: a survey found it wrong. */
static bool run_trial(const char *path, uint64_t seed, const struct supply *supply, bool survey)
{
    trial = (struct trial){.random = cf_random_of(seed, 7919), .supply = supply};
    trial.pause = CF_MINUTE.us + random_us(&trial.random, CF_HOUR.us);
    condition_init(&trial.condition, &trial.random);
    trial.condition.root = condition_any(&trial.condition, &trial.random, 3);
    write_policy(path);
    simulation_open(&trial.sim, path, history(), supply->sim, note_wake);
    simulation_run(&trial.sim);
    int64_t end = HOURS * CF_HOUR.us;
    if (trial.sim.scenario->length_us > end)
        end = trial.sim.scenario->length_us;
    find_edges(end + 1);
    bool right = check_wakes(seed, end, survey);
    simulation_close(&trial.sim);
    condition_finish(&trial.condition);
    return right;
}

static void run_trials(const struct supply *supply)
{
    folder_make();
    char path[FOLDER_PATH];
    (void)strcpy(path, folder_path("condition.lua"));
    uint64_t first = setting("CURFEW_FIRST", 1), trials = setting("CURFEW_CONDITIONS", TRIALS), wakes = 0,
             wrong = 0;
    bool survey = setting("CURFEW_SURVEY", 0);
    for (uint64_t seed = first; seed < first + trials; seed++) {
        wrong += !run_trial(path, seed, supply, survey);
        wakes += (uint64_t)trial.wake_count;
    }
    folder_drop();
    print_message("%llu conditions, input %s: %llu wakes; %llu wrong\n", (unsigned long long)trials,
                  supply->name, (unsigned long long)wakes, (unsigned long long)wrong);
    assert_true(wakes > 0 || trials < TRIALS);
    assert_int_equal(wrong, 0);
}

static void test_turns_where_input_is_pushed(void **state)
{
    (void)state;
    run_trials(&pushed);
}

static void test_turns_where_input_is_told(void **state)
{
    (void)state;
    run_trials(&told);
}

static void test_turns_where_the_host_cannot_tell_of_a_session(void **state)
{
    (void)state;
    run_trials(&untold);
}

static void test_turns_where_input_is_sampled(void **state)
{
    (void)state;
    run_trials(&sampled);
}

static void test_turns_while_a_notice_is_on_the_screen(void **state)
{
    (void)state;
    run_trials(&watched);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_turns_where_input_is_pushed),
        cmocka_unit_test(test_turns_where_input_is_told),
        cmocka_unit_test(test_turns_where_the_host_cannot_tell_of_a_session),
        cmocka_unit_test(test_turns_where_input_is_sampled),
        cmocka_unit_test(test_turns_while_a_notice_is_on_the_screen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
