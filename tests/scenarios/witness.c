#include "witness.h"

#include "random_people.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The sink between the host and the engine, which the witness listens at. */
struct tap {
    struct cf_backend_sink sink;
    struct witness *witness;
    const struct cf_sim_setup *setup;
};

static int64_t now(const struct witness *witness)
{
    return cf_loop_now(witness->sim.loop).us;
}

/* ---- The log, for whoever looks into a breach ---- */

static void note(struct witness *witness, const struct place *place, const char *what, const char *text)
{
    if (!witness->log)
        return;
    int64_t us = now(witness);
    cf_buffer_printf(witness->log, "%02" PRId64 ":%02" PRId64 ":%02" PRId64 ".%06" PRId64 "  %-4s %-10s %s\n",
                     us / CF_HOUR.us, us / CF_MINUTE.us % 60, us / CF_SECOND.us % 60, us % CF_SECOND.us,
                     place ? place->id : "", what, text ? text : "");
}

static void breach(struct witness *witness, const struct place *place, const char *what)
{
    note(witness, place, "BREACH", what);
    if (witness->breach)
        return;
    witness->breach = what;
    (void)snprintf(witness->breach_where, sizeof witness->breach_where,
                   "session %s (place %d), %" PRId64 ".%06" PRId64 " s after the start, %s",
                   place ? place->id : "?", place ? (int)(place - witness->places) : -1,
                   now(witness) / CF_SECOND.us, now(witness) % CF_SECOND.us,
                   place && place->by ? policy_kind_names[place->by->kind] : "nobody");
}

/* ---- What happens on the host ---- */

static void sit_down(struct witness *witness, struct place *place, const struct cf_session *session)
{
    int64_t at = now(witness);
    *place = (struct place){.birth = session->identity.birth, .lied = -1, .told = at};
    (void)snprintf(place->id, sizeof place->id, "%s", session->identity.id);
    place->meant = is_unguarded(session);
    place->selected = strcmp(session->class_, "user") == 0;
    place->facts = (struct facts){.start = witness->sim.scenario->start,
                                  .logged_on = at,
                                  .known = cf_mono_known(session->last_input),
                                  .last_input = at,
                                  .last_output = at,
                                  .locked = -1,
                                  .disconnected = -1};
}

static void get_up(struct witness *witness, struct place *place)
{
    witness->session_us += now(witness) - place->facts.logged_on;
    *place = (struct place){0};
}

static void check_end(struct witness *witness, struct place *place)
{
    const struct policy *by = place->by;
    if (!place->decided) {
        breach(witness, place, "ended without a decision");
        return;
    }
    if (place->breach)
        breach(witness, place, place->breach);
    else if (by->quiet && place->facts.last_input > place->decided_at)
        breach(witness, place, "ended after input behind the decision");
    witness->ended++;
    witness->ended_by[by->kind]++;
}

static void leave(struct witness *witness, struct place *place, const struct cf_event *event)
{
    if (event->text && strcmp(event->text, "ended") == 0)
        check_end(witness, place);
    get_up(witness, place);
}

static void show_life(struct witness *witness, struct place *place)
{
    place->facts.last_input = now(witness);
    witness->inputs++;
}

/* Unlocking and reconnecting are told by themselves. */
static void tell_life(struct witness *witness, struct place *place)
{
    show_life(witness, place);
    place->told = now(witness);
}

static void on_event(void *data, const struct cf_event *event, const struct cf_session *session)
{
    struct witness *witness = data;
    char text[64];
    (void)snprintf(text, sizeof text, "%s %" PRId64, event->text ? event->text : "", event->argument);
    if (event->kind == CF_EVENT_FAULT || event->kind == CF_EVENT_SLEEP || event->kind == CF_EVENT_STEP) {
        note(witness, NULL, cf_event_name(event->kind), text);
        return;
    }
    struct place *place = &witness->places[event->label];
    if (event->kind != CF_EVENT_LOGOFF && place->birth != session->identity.birth)
        sit_down(witness, place, session);
    note(witness, place, cf_event_name(event->kind), text);
    struct facts *facts = &place->facts;
    switch (event->kind) {
    case CF_EVENT_LOGOFF: leave(witness, place, event); return;
    case CF_EVENT_RETURN:
        facts->locked = facts->disconnected = -1;
        tell_life(witness, place);
        return;
    case CF_EVENT_RECONNECT:
        facts->disconnected = -1;
        tell_life(witness, place);
        return;
    case CF_EVENT_UNLOCK:
        facts->locked = -1;
        tell_life(witness, place);
        return;
    case CF_EVENT_ANSWER:
    case CF_EVENT_INPUT: show_life(witness, place); return;
    case CF_EVENT_OUTPUT: facts->last_output = now(witness); return;
    case CF_EVENT_LOCK: facts->locked = now(witness); return;
    case CF_EVENT_DISCONNECT: facts->disconnected = now(witness); return;
    default: return;
    }
}

/* ---- What the host tells ---- */

static struct place *place_of(struct witness *witness, const struct cf_identity *identity)
{
    for (size_t i = 0; i < WITNESS_PLACES; i++)
        if (witness->places[i].birth == identity->birth && strcmp(witness->places[i].id, identity->id) == 0)
            return &witness->places[i];
    return NULL;
}

static void on_told(struct witness *witness, const struct cf_session *session, uint64_t fields)
{
    struct place *place = place_of(witness, &session->identity);
    if (!place || !(fields & CF_FIELD_BIT(CF_FIELD_IDLE)) || !cf_mono_known(session->last_input))
        return;
    if (session->last_input.us < place->facts.last_input) {
        place->lied = now(witness);
        note(witness, place, "lie", "");
    } else if (session->last_input.us > place->told) {
        place->told = session->last_input.us;
    }
    if (witness->log && session->last_input.us >= place->facts.last_input)
        note(witness, place, "told", "idle");
}

/* Policies lock, too. */
static void on_locked(struct witness *witness, const struct cf_session *session, uint64_t fields)
{
    struct place *place = place_of(witness, &session->identity);
    if (place && (fields & CF_FIELD_BIT(CF_FIELD_LOCKED)) && session->locked == CF_TRI_YES &&
        place->facts.locked < 0)
        place->facts.locked = now(witness);
}

static struct witnessed_run *run_at(struct place *place, unsigned policy, unsigned run)
{
    assert_true(policy < WITNESS_POLICIES);
    struct witnessed_run *oldest = place->runs[policy];
    for (unsigned i = 0; i < WITNESS_RUNS; i++) {
        struct witnessed_run *known = &place->runs[policy][i];
        if (known->run == run)
            return known;
        if (known->run < oldest->run)
            oldest = known;
    }
    *oldest = (struct witnessed_run){.run = run};
    return oldest;
}

/* A warning has reached somebody: it is the newest on a screen. */
static void on_shown(struct witness *witness)
{
    const struct cf_backend *sim = cf_engine_backend(witness->sim.engine);
    for (uint32_t label = 0; label < WITNESS_PLACES; label++) {
        struct place *place = &witness->places[label];
        size_t count = place->birth ? cf_sim_notice_count(sim, label) : 0;
        const char *text = count ? cf_sim_notice(sim, label, count - 1) : "";
        unsigned policy, number;
        if (sscanf(text, "p%u r%u:", &policy, &number) != 2)
            continue;
        struct witnessed_run *run = run_at(place, policy, number);
        if (run->shown)
            continue;
        run->shown = now(witness);
        witness->shown++;
        note(witness, place, "shown", text);
    }
}

static void seen(void *data, const struct cf_session *session, uint64_t fields)
{
    const struct tap *tap = data;
    on_locked(tap->witness, session, fields);
    on_told(tap->witness, session, fields);
    tap->sink.seen(tap->sink.data, session, fields);
}

static void completed(void *data, const struct cf_completion *completion)
{
    const struct tap *tap = data;
    if (completion->code == 0 && completion->session)
        on_told(tap->witness, completion->session, completion->fields);
    if (completion->code == 0 && completion->delivered)
        on_shown(tap->witness);
    tap->sink.completed(tap->sink.data, completion);
}

static void listing(void *data, bool done)
{
    const struct tap *tap = data;
    tap->sink.listing(tap->sink.data, done);
}

static void gone(void *data, const struct cf_identity *identity)
{
    const struct tap *tap = data;
    tap->sink.gone(tap->sink.data, identity);
}

static void answered(void *data, uint64_t notice, bool yes)
{
    const struct tap *tap = data;
    tap->sink.answered(tap->sink.data, notice, yes);
}

static void reachable(void *data, const struct cf_error *err)
{
    const struct tap *tap = data;
    tap->sink.reachable(tap->sink.data, err);
}

static int open_tapped(struct cf_loop *loop, const struct cf_backend_sink *sink, const void *setup,
                       struct cf_backend **ret_backend, struct cf_error *err)
{
    struct tap *tap = (struct tap *)setup;
    tap->sink = *sink;
    const struct cf_backend_sink tapped = {.data = tap,
                                           .listing = listing,
                                           .seen = seen,
                                           .gone = gone,
                                           .answered = answered,
                                           .reachable = reachable,
                                           .completed = completed};
    int code = cf_sim_ops.open(loop, &tapped, tap->setup, ret_backend, err);
    if (code == 0)
        cf_sim_on_event(*ret_backend, on_event, tap->witness);
    return code;
}

/* ---- What the journal says ---- */

/*
 * Whether the host's lies explain what was done: it has lied since the last sign of life, and if the latest
 * one that it did tell of had been the last, what was done would have been right. So a lie never undoes what
 * was told before or is told later.
 */
static bool is_excused(const struct policy *policy, const struct place *place)
{
    struct facts told = place->facts;
    told.last_input = place->told;
    return place->lied > place->facts.last_input && !policy_breach(policy, &told);
}

/* Input since the run's first warning, which ends its countdown; lies may explain it, as above. */
static bool is_stirred(const struct place *place, const struct witnessed_run *run)
{
    return place->facts.known && run->asked && place->facts.last_input > run->asked &&
           !(place->lied > place->facts.last_input && place->told <= run->asked);
}

static const char *warning_breach(const struct place *place, const struct policy *policy,
                                  const struct witnessed_run *run)
{
    int64_t away = place->facts.disconnected;
    bool nobody = away >= 0 && (!run->asked || away <= run->asked);
    if (policy->unwarned || nobody)
        return NULL;
    if (!run->shown)
        return "ended unwarned";
    if (place->facts.now - run->shown < CF_MINUTE.us)
        return "ended less than a minute after the warning";
    return NULL;
}

static void check_decision(struct witness *witness, struct place *place, const struct policy *by,
                           const struct witnessed_run *run)
{
    struct facts *facts = &place->facts;
    facts->now = now(witness);
    facts->wall = cf_loop_wall(witness->sim.loop);
    const char *why = warning_breach(place, by, run), *broken = policy_breach(by, facts);
    if (broken && is_excused(by, place))
        witness->excused++;
    else if (broken)
        why = broken;
    if (!why && by->still && is_stirred(place, run))
        why = "ended after a sign of life in its countdown";
    if (by->still && !facts->known && facts->disconnected < 0)
        why = "ended although nobody knows whether there was a sign of life";
    if (!place->meant)
        why = "ended a protected session";
    if (!place->selected && by->kind != POLICY_EVENT)
        why = "ended a session that it does not select";
    for (size_t i = 0; i < witness->policy_count; i++) {
        const struct policy *veto = &witness->policies[i];
        if (veto->kind == POLICY_VETO && place->selected && policy_breach(veto, facts) &&
            !is_excused(veto, place))
            why = "ended in spite of a veto";
    }
    place->decided = true;
    place->decided_at = facts->now;
    place->by = by;
    place->breach = why;
}

/* A countdown that goes on: what it rests on has not been over for longer than the engine may need to know.
 */
static void check_warning(struct witness *witness, struct place *place, const struct policy *by,
                          const struct witnessed_run *run)
{
    struct facts *facts = &place->facts;
    facts->now = now(witness);
    facts->wall = cf_loop_wall(witness->sim.loop);
    if (!cf_span_known(witness->late) || by->kind >= POLICY_LOOKING || !facts->known ||
        facts->now - facts->last_input <= witness->late.us ||
        facts->now - facts->last_output <= witness->late.us)
        return;
    place->by = by;
    if (by->condition.root && by->kind != POLICY_HOURS &&
        !condition_holds(&by->condition, by->condition.root, facts))
        breach(witness, place, "warned once more while its condition does not hold");
    if (by->still && facts->last_input > run->asked)
        breach(witness, place, "warned once more after a sign of life");
}

static void write_entry(void *data, const struct cf_entry *entry)
{
    struct witness *witness = data;
    struct place *place = entry->session ? place_of(witness, &entry->session->identity) : NULL;
    if (place || !entry->session) /* else its outcome, or it is no longer there */
        note(witness, place, cf_what_name(entry->what), entry->text);
    unsigned number = 0, count = 0;
    bool numbered = entry->text && sscanf(entry->text, "p%u r%u:", &number, &count) == 2;
    switch (entry->what) {
    case CF_WHAT_WARN: witness->warnings++; break;
    case CF_WHAT_VETOED: witness->spared++; return;
    case CF_WHAT_WITHDRAW: witness->stayed++; return;
    case CF_WHAT_REFUSED: witness->refused++; return;
    case CF_WHAT_FAILED: witness->failed++; return;
    case CF_WHAT_LOGOFF: witness->decided++; break;
    default: return;
    }
    if (!place || !numbered || number >= witness->policy_count) {
        breach(witness, place, "acted on a session that is not there, or in nobody's name");
        return;
    }
    struct witnessed_run *run = run_at(place, number, count);
    if (entry->what == CF_WHAT_LOGOFF)
        check_decision(witness, place, &witness->policies[number], run);
    else if (run->asked)
        check_warning(witness, place, &witness->policies[number], run);
    else
        run->asked = now(witness);
}

/* ---- Running ---- */

void witness_run(struct witness *witness, char *const *paths, struct cf_scenario *scenario,
                 struct cf_sim_setup sim)
{
    struct cf_backend_ops ops = cf_sim_ops;
    struct tap tap = {.witness = witness, .setup = &sim};
    ops.open = open_tapped;
    memset(witness->places, 0, sizeof witness->places);
    witness->breach = NULL;
    sim.scenario = scenario;
    struct cf_error err = {0};
    simulation_init(&witness->sim, scenario, sim, write_entry);
    witness->sim.setup.backend = &ops;
    witness->sim.setup.backend_setup = &tap;
    if (cf_config_add_policy(&witness->sim.config, paths[0], NULL, NULL, &err) != 0 ||
        simulation_start(&witness->sim, &err) != 0)
        fail_msg("%s", err.text);
    for (size_t i = 1; i < witness->policy_count; i++)
        simulation_add_policy(&witness->sim, paths[i], NULL);
    simulation_run(&witness->sim);
    for (size_t i = 0; i < WITNESS_PLACES; i++)
        if (witness->places[i].birth)
            get_up(witness, &witness->places[i]);
    simulation_close(&witness->sim);
}
