/*
 * Load: how much processor time a session used lately, from readings taken some time apart. The one from
 * which it is going to be reckoned is taken ahead of the moment at which a veto will want to know: a wait
 * fires that much early, too.
 */
#include "engine/readings/cpu_load.h"

#include "base/memory.h"
#include "engine/readings/reading.h"

#define APART cf_seconds(45) /* samples that are kept lie at least this far apart */
#define SLACK                                                                                                \
    cf_seconds(2) /* by which one may be younger than asked for, or by a tenth: readings take their time */
#define CPU CF_FIELD_BIT(CF_FIELD_CPU)

void cf_cpu_load_note(struct cf_session_state *state, int64_t used_us)
{
    struct cf_mono now = cf_loop_now(state->engine->loop);
    size_t count = state->load_count;
    if (used_us == CF_NUMBER_UNKNOWN ||
        (count && now.us - state->load[(count - 1) % CF_LOAD_SAMPLES].at.us < APART.us))
        return;
    if (!state->load)
        state->load = cf_alloc(CF_LOAD_SAMPLES * sizeof *state->load);
    state->load[count % CF_LOAD_SAMPLES] = (struct cf_cpu_load){now, used_us};
    state->load_count++;
}

/* Vetoes look back that far: waits that were set before that was known are set again. */
static void widen_window(struct cf_engine *engine, struct cf_span over)
{
    engine->load_window = over;
    engine->sink->load_window(engine);
}

struct cf_span cf_cpu_load_ahead(const struct cf_engine *engine, int64_t left_us)
{
    bool wanted = (engine->sampled & CPU) && engine->load_window.us > 0;
    return wanted && left_us > engine->load_window.us ? engine->load_window : (struct cf_span){0};
}

void cf_cpu_load_sample(struct cf_session_state *state)
{
    cf_reading_refresh(state, CPU);
}

bool cf_engine_load(struct cf_engine *engine, cf_session_key key, struct cf_span over, double *ret_cores)
{
    const struct cf_session_state *state = cf_session_state_of(engine, key);
    const struct cf_session *session = cf_registry_get(engine->registry, key);
    if (over.us > engine->load_window.us)
        widen_window(engine, over);
    if (!state || session->cpu == CF_NUMBER_UNKNOWN)
        return false;
    struct cf_mono now = cf_loop_now(engine->loop);
    if (cf_mono_known(session->logged_on) && over.us > 0 && now.us - session->logged_on.us <= over.us) {
        *ret_cores = (double)session->cpu / (double)over.us; /* before its logon it used none */
        return true;
    }
    size_t kept = state->load_count < CF_LOAD_SAMPLES ? state->load_count : CF_LOAD_SAMPLES;
    for (size_t back = 1; back <= kept; back++) { /* the youngest that is old enough */
        const struct cf_cpu_load *sample = &state->load[(state->load_count - back) % CF_LOAD_SAMPLES];
        int64_t span = now.us - sample->at.us;
        if (span < over.us - (over.us / 10 < SLACK.us ? over.us / 10 : SLACK.us))
            continue;
        *ret_cores = span > 0 ? (double)(session->cpu - sample->used_us) / (double)span : 0;
        return true;
    }
    return false;
}
