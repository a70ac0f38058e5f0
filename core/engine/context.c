#include "engine/context.h"

#include "base/memory.h"

#include <stdlib.h>

struct cf_session_state *cf_session_state_of(const struct cf_engine *engine, cf_session_key key)
{
    void **slot = cf_registry_slot(engine->registry, key);
    return slot ? *slot : NULL;
}

/* ---- The journal ---- */

void cf_engine_write(struct cf_engine *engine, struct cf_entry *entry, cf_journal_kept *kept, void *context)
{
    entry->number = ++engine->entries;
    entry->at = cf_loop_wall(engine->loop);
    entry->at_mono = cf_loop_now(engine->loop);
    if (engine->config->revision[0])
        entry->revision = engine->config->revision;
    cf_meters_note(&engine->meters, entry);
    const struct cf_journal *journal = engine->setup.journal;
    journal->write(journal->data, entry, kept, context);
}

void cf_session_state_report(const struct cf_session_state *state, enum cf_what what, enum cf_log_level level,
                             const char *text)
{
    const struct cf_session *session = cf_registry_get(state->engine->registry, state->key);
    struct cf_entry entry = {.what = what, .session = session, .text = text};
    cf_engine_write(state->engine, &entry, NULL, NULL);
    cf_log(level, "session %s of %s: %s", session->identity.id, session->user ? session->user : "?", text);
}

/* ---- What all parts may know ---- */

bool cf_life_since(const struct cf_engine *engine, cf_session_key key, struct cf_mono mark)
{
    return cf_mono_is_after(cf_registry_life(engine->registry, key), mark);
}

const struct cf_engine_counts *cf_engine_counts(const struct cf_engine *engine)
{
    return &engine->counts;
}

struct cf_loop *cf_engine_loop(const struct cf_engine *engine)
{
    return engine->loop;
}

const struct cf_zone *cf_engine_zone(const struct cf_engine *engine)
{
    return engine->setup.zone;
}

const char *cf_engine_policy_folder(const struct cf_engine *engine)
{
    return engine->setup.policy_folder;
}

const char *cf_engine_host_name(const struct cf_engine *engine)
{
    return engine->backend ? cf_backend_ops_of(engine->backend)->host(engine->backend) : "";
}

const char *cf_engine_language(const struct cf_engine *engine, cf_session_key key)
{
    const struct cf_session *session = cf_registry_get(engine->registry, key);
    return session && session->language ? session->language : engine->config->language;
}

bool cf_engine_samples(const struct cf_engine *engine, enum cf_field field)
{
    return (engine->sampled & CF_FIELD_BIT(field)) != 0;
}

static struct cf_departed *find_departed(const struct cf_engine *engine, cf_session_key key)
{
    struct cf_departed *departed;
    HASH_FIND(hh, engine->departed, &key, sizeof key, departed);
    return departed;
}

const struct cf_session *cf_engine_session(const struct cf_engine *engine, cf_session_key key)
{
    const struct cf_session *session = cf_registry_get(engine->registry, key);
    const struct cf_departed *departed = session ? NULL : find_departed(engine, key);
    return departed ? &departed->session : session;
}

size_t cf_engine_session_count(const struct cf_engine *engine)
{
    return cf_registry_count(engine->registry);
}

cf_session_key cf_engine_next_session(const struct cf_engine *engine, cf_session_key after)
{
    return cf_registry_next(engine->registry, after);
}

/* ---- Sessions that have gone, for those who still ask about them ---- */

struct cf_departed *cf_departed_keep(struct cf_engine *engine, cf_session_key key)
{
    struct cf_departed *departed = cf_alloc(sizeof *departed);
    departed->key = key;
    cf_session_copy(&departed->session, cf_registry_get(engine->registry, key));
    HASH_ADD(hh, engine->departed, key, sizeof departed->key, departed);
    return departed;
}

void cf_departed_release(struct cf_engine *engine, cf_session_key key)
{
    struct cf_departed *departed = find_departed(engine, key);
    if (!departed || --departed->tasks > 0)
        return;
    HASH_DEL(engine->departed, departed);
    cf_session_finish(&departed->session);
    free(departed);
}
