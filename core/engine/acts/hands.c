/*
 * What people do to sessions by commands: not decided here, but journalled like what is. What a session's own
 * user says of it is one thing, what administrators do another: neither is taken for the other's.
 */
#include "engine/acts/hands.h"

#include "engine/acts/allowance.h"
#include "engine/acts/ends.h"
#include "engine/context.h"

static void journal(const struct cf_presence *presence, enum cf_what what, uint64_t decision, bool users,
                    int code, const char *text)
{
    struct cf_entry entry = {.what = what,
                             .decision = decision,
                             .code = code,
                             .session = cf_registry_get(presence->engine->registry, presence->key),
                             .text = text,
                             .by_command = true,
                             .by_user = users};
    cf_engine_write(presence->engine, &entry, NULL, NULL);
}

/* Whether there is to be a row: of administrators always. */
static bool takes_row(const struct cf_presence *presence, bool users)
{
    struct cf_engine *engine = presence->engine;
    return !users || cf_allowance_take(engine, cf_registry_get(engine->registry, presence->key));
}

/* The decision that the same kind of people has announced; 0: none. */
static uint64_t announced_by(const struct cf_presence *presence, bool users)
{
    return presence->announced_users == users ? presence->announced : 0;
}

/* Of what was announced, `stay` takes the logoff back. */
static int note_logoff(struct cf_presence *presence, const char *text, bool users, struct cf_error *err)
{
    uint64_t announced = announced_by(presence, users);
    bool stays = announced && presence->stays_by_hand;
    if (announced || !users)
        presence->announced = 0;
    if (stays) {
        if (takes_row(presence, users))
            journal(presence, CF_WHAT_REFUSED, announced, users, CF_REFUSED, "its user asked to stay");
        return cf_error_set(err, CF_REFUSED, "its user asked to stay (curfew stay)");
    }
    if (presence->by_hand && users)
        return 0; /* has been said before, and nothing came of it yet */
    if (presence->by_hand)
        journal(presence, CF_WHAT_FAILED, presence->by_hand, presence->by_hand_users, CF_FAILED,
                "the session did not end");
    if (!takes_row(presence, users))
        return 0; /* what has no row has no outcome */
    presence->by_hand = announced ? announced : ++presence->engine->decisions;
    presence->by_hand_users = users;
    struct cf_entry entry = {.what = CF_WHAT_LOGOFF,
                             .decision = presence->by_hand,
                             .session = cf_registry_get(presence->engine->registry, presence->key),
                             .text = text,
                             .unwarned = !announced,
                             .by_command = true,
                             .by_user = users};
    cf_engine_write(presence->engine, &entry, NULL, NULL);
    return 0;
}

int cf_engine_note(struct cf_engine *engine, cf_session_key key, enum cf_what what, const char *text,
                   struct cf_error *err)
{
    struct cf_presence *presence = cf_presence_of(engine, key);
    if (!presence)
        return cf_error_set(err, CF_GONE, "the session has ended");
    bool users = text == NULL;
    if (users)
        text = "said by its user";
    if (what == CF_WHAT_LOGOFF)
        return note_logoff(presence, text, users, err);
    bool closes = what == CF_WHAT_FAILED || what == CF_WHAT_WITHDRAW;
    bool ending = presence->by_hand && presence->by_hand_users == users;
    uint64_t decision = ending ? presence->by_hand : announced_by(presence, users);
    if (!closes || !decision)
        decision = ++engine->decisions;
    if (takes_row(presence, users))
        journal(presence, what, decision, users, what == CF_WHAT_FAILED ? CF_FAILED : CF_OK, text);
    if (what == CF_WHAT_WARN && (!users || !presence->announced || presence->announced_users)) {
        presence->announced = decision;
        presence->announced_users = users;
        presence->stays_by_hand = false;
    } else if (closes && announced_by(presence, users)) {
        presence->announced = 0;
    }
    bool closing = cf_registry_get(engine->registry, key)->closing == CF_TRI_YES;
    if (what == CF_WHAT_FAILED && ending && closing && !users) /* whatever failed, it will end */
        cf_ends_await(presence, presence->by_hand, NULL, 0);
    if (what == CF_WHAT_FAILED && ending)
        presence->by_hand = 0;
    return 0;
}

bool cf_hands_stay(struct cf_presence *presence)
{
    if (!presence->announced)
        return false;
    presence->stays_by_hand = true;
    if (takes_row(presence, true))
        journal(presence, CF_WHAT_EXTEND, presence->announced, true, CF_OK,
                "the user asked to stay: what was announced by hand is not done");
    return true;
}

void cf_hands_session_gone(const struct cf_presence *presence)
{
    if (presence->by_hand)
        journal(presence, CF_WHAT_ENDED, presence->by_hand, presence->by_hand_users, CF_OK, NULL);
}
