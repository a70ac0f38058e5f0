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

/* Of what was announced, `stay` takes the logoff back. */
static int note_logoff(struct cf_presence *presence, const char *text, struct cf_error *err)
{
    uint64_t announced = presence->announced;
    bool stays = presence->stays_by_hand;
    presence->announced = 0;
    presence->stays_by_hand = false;
    if (stays) {
        journal(presence, CF_WHAT_REFUSED, announced, CF_REFUSED, "its user asked to stay");
        return cf_error_set(err, CF_REFUSED, "its user asked to stay (curfew stay)");
    }
    if (presence->by_hand)
        journal(presence, CF_WHAT_FAILED, presence->by_hand, CF_FAILED, "the session did not end");
    presence->by_hand = announced ? announced : ++presence->engine->decisions;
    struct cf_entry entry = {.what = CF_WHAT_LOGOFF,
                             .decision = presence->by_hand,
                             .session = cf_registry_get(presence->engine->registry, presence->key),
                             .text = text,
                             .unwarned = !announced};
    cf_engine_write(presence->engine, &entry, NULL, NULL);
    return 0;
}

int cf_engine_note(struct cf_engine *engine, cf_session_key key, enum cf_what what, const char *text,
                   struct cf_error *err)
{
    struct cf_presence *presence = cf_presence_of(engine, key);
    if (!presence)
        return cf_error_set(err, CF_GONE, "the session has ended");
    if (what == CF_WHAT_LOGOFF)
        return note_logoff(presence, text, err);
    bool closes = what == CF_WHAT_FAILED || what == CF_WHAT_WITHDRAW;
    uint64_t decision = presence->by_hand ? presence->by_hand : presence->announced;
    if (!closes || !decision)
        decision = ++engine->decisions;
    journal(presence, what, decision, what == CF_WHAT_FAILED ? CF_FAILED : CF_OK, text);
    if (what == CF_WHAT_WARN || closes) {
        presence->announced = closes ? 0 : decision;
        presence->stays_by_hand = false;
    }
    bool closing = cf_registry_get(engine->registry, key)->closing == CF_TRI_YES;
    if (what == CF_WHAT_FAILED && presence->by_hand && closing) /* whatever failed, it will end */
        cf_ends_await(presence, presence->by_hand, NULL, 0);
    if (what == CF_WHAT_FAILED)
        presence->by_hand = 0;
    return 0;
}

bool cf_hands_stay(struct cf_presence *presence)
{
    if (!presence->announced)
        return false;
    presence->stays_by_hand = true;
    journal(presence, CF_WHAT_EXTEND, presence->announced, CF_OK,
            "the user asked to stay: what was announced by hand is not done");
    return true;
}

void cf_hands_session_gone(const struct cf_presence *presence)
{
    if (presence->by_hand)
        journal(presence, CF_WHAT_ENDED, presence->by_hand, CF_OK, NULL);
}
