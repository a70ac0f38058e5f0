/* Load: how much processor time a session used lately, from readings taken some time apart. */
#include "engine/internal.h"

#include "base/memory.h"

#define APART cf_seconds(45) /* samples that are kept lie at least this far apart */

void cf_load_note(struct cf_presence *presence, int64_t used_us)
{
    struct cf_mono now = cf_loop_now(presence->engine->loop);
    size_t count = presence->load_count;
    if (used_us == CF_NUMBER_UNKNOWN ||
        (count && now.us - presence->load[(count - 1) % CF_LOAD_SAMPLES].at.us < APART.us))
        return;
    if (!presence->load)
        presence->load = cf_alloc(CF_LOAD_SAMPLES * sizeof *presence->load);
    presence->load[count % CF_LOAD_SAMPLES] = (struct cf_load){now, used_us};
    presence->load_count++;
}

bool cf_engine_load(const struct cf_engine *engine, cf_session_key key, struct cf_span over,
                    double *ret_cores)
{
    const struct cf_presence *presence = cf_presence_of(engine, key);
    const struct cf_session *session = cf_registry_get(engine->registry, key);
    if (!presence || session->cpu == CF_NUMBER_UNKNOWN)
        return false;
    struct cf_mono now = cf_loop_now(engine->loop);
    size_t kept = presence->load_count < CF_LOAD_SAMPLES ? presence->load_count : CF_LOAD_SAMPLES;
    for (size_t back = 1; back <= kept; back++) { /* the youngest that is old enough */
        const struct cf_load *sample = &presence->load[(presence->load_count - back) % CF_LOAD_SAMPLES];
        int64_t span = now.us - sample->at.us;
        if (span < over.us)
            continue;
        *ret_cores = span > 0 ? (double)(session->cpu - sample->used_us) / (double)span : 0;
        return true;
    }
    return false;
}
