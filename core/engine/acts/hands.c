/* What people do to sessions by commands: not decided here, but journalled like what is. */
#include "engine/internal.h"

static void journal(const struct cf_presence *presence, enum cf_what what, uint64_t decision, int code,
                    const char *text)
{
    struct cf_entry entry = {.what = what,
                             .decision = decision,
                             .code = code,
                             .session = cf_registry_get(presence->engine->registry, presence->key),
                             .text = text};
    cf_engine_write(presence->engine, &entry, NULL, NULL);
}

int cf_engine_note(struct cf_engine *engine, cf_session_key key, enum cf_what what, const char *text,
                   struct cf_error *err)
{
    struct cf_presence *presence = cf_presence_of(engine, key);
    if (!presence)
        return cf_error_set(err, CF_GONE, "the session has ended");
    uint64_t decision = ++engine->decisions;
    journal(presence, what, decision, CF_OK, text);
    if (what != CF_WHAT_LOGOFF)
        return 0;
    if (presence->by_hand)
        journal(presence, CF_WHAT_FAILED, presence->by_hand, CF_FAILED, "the session did not end");
    presence->by_hand = decision;
    return 0;
}

void cf_hands_session_gone(const struct cf_presence *presence)
{
    if (presence->by_hand)
        journal(presence, CF_WHAT_ENDED, presence->by_hand, CF_OK, NULL);
}
