/*
 * What people do to sessions by commands: not decided here, but journalled like what is. What a session's own
 * user says of it is one thing, what administrators do another: neither is taken for the other's.
 */
#include "engine/actions/manual.h"

#include "engine/actions/allowance.h"
#include "engine/actions/ends.h"
#include "engine/context.h"

static void journal(const struct cf_session_state *state, enum cf_what what, uint64_t decision, bool users,
                    int code, const char *text)
{
    struct cf_entry entry = {.what = what,
                             .decision = decision,
                             .code = code,
                             .session = cf_registry_get(state->engine->registry, state->key),
                             .text = text,
                             .by_command = true,
                             .by_user = users};
    cf_engine_write(state->engine, &entry, NULL, NULL);
}

/* Whether there is to be a row: of administrators always. */
static bool takes_row(const struct cf_session_state *state, bool users)
{
    struct cf_engine *engine = state->engine;
    return !users || cf_allowance_take(engine, cf_registry_get(engine->registry, state->key));
}

/* The decision that the same kind of people has announced; 0: none. */
static uint64_t announced_by(const struct cf_session_state *state, bool users)
{
    return state->announced_users == users ? state->announced : 0;
}

/* Of what was announced, `stay` takes the logoff back. */
static int note_logoff(struct cf_session_state *state, const char *text, bool users, struct cf_error *err)
{
    uint64_t announced = announced_by(state, users);
    bool stays = announced && state->stays_by_hand;
    if (announced || !users)
        state->announced = 0;
    if (stays) {
        if (takes_row(state, users))
            journal(state, CF_WHAT_REFUSED, announced, users, CF_REFUSED, "its user asked to stay");
        return cf_error_set(err, CF_REFUSED, "its user asked to stay (curfew stay)");
    }
    if (state->by_hand && users)
        return 0; /* has been said before, and nothing came of it yet */
    if (state->by_hand)
        journal(state, CF_WHAT_FAILED, state->by_hand, state->by_hand_users, CF_FAILED,
                "the session did not end");
    if (!takes_row(state, users))
        return 0; /* what has no row has no outcome */
    state->by_hand = announced ? announced : ++state->engine->decisions;
    state->by_hand_users = users;
    struct cf_entry entry = {.what = CF_WHAT_LOGOFF,
                             .decision = state->by_hand,
                             .session = cf_registry_get(state->engine->registry, state->key),
                             .text = text,
                             .unwarned = !announced,
                             .by_command = true,
                             .by_user = users};
    cf_engine_write(state->engine, &entry, NULL, NULL);
    return 0;
}

int cf_engine_note(struct cf_engine *engine, cf_session_key key, enum cf_what what, const char *text,
                   struct cf_error *err)
{
    struct cf_session_state *state = cf_session_state_of(engine, key);
    if (!state)
        return cf_error_set(err, CF_GONE, "the session has ended");
    bool users = text == NULL;
    if (users)
        text = "said by its user";
    if (what == CF_WHAT_LOGOFF)
        return note_logoff(state, text, users, err);
    bool closes = what == CF_WHAT_FAILED || what == CF_WHAT_WITHDRAW;
    bool ending = state->by_hand && state->by_hand_users == users;
    uint64_t decision = ending ? state->by_hand : announced_by(state, users);
    if (!closes || !decision)
        decision = ++engine->decisions;
    if (takes_row(state, users))
        journal(state, what, decision, users, what == CF_WHAT_FAILED ? CF_FAILED : CF_OK, text);
    if (what == CF_WHAT_WARN && (!users || !state->announced || state->announced_users)) {
        state->announced = decision;
        state->announced_users = users;
        state->stays_by_hand = false;
    } else if (closes && announced_by(state, users)) {
        state->announced = 0;
    }
    bool closing = cf_registry_get(engine->registry, key)->closing == CF_TRI_YES;
    if (what == CF_WHAT_FAILED && ending && closing && !users) /* whatever failed, it will end */
        cf_ends_await(state, state->by_hand, NULL, 0);
    if (what == CF_WHAT_FAILED && ending)
        state->by_hand = 0;
    return 0;
}

uint64_t cf_engine_tell(struct cf_engine *engine, cf_session_key key, const struct cf_engine_message *message,
                        cf_call_done *done, void *data)
{
    const struct cf_request request = {.action = CF_ACTION_WARN,
                                       .session = cf_registry_get(engine->registry, key)->identity,
                                       .title = message->title,
                                       .text = message->text,
                                       .shown_for = message->shown_for,
                                       .quiet_since = CF_MONO_UNKNOWN};
    return cf_calls_submit(engine->calls, &request, CF_ACTION_LIMIT, done, data);
}

void cf_engine_tell_forget(struct cf_engine *engine, uint64_t id)
{
    cf_calls_forget(engine->calls, id);
}

bool cf_manual_stay(struct cf_session_state *state)
{
    if (!state->announced)
        return false;
    state->stays_by_hand = true;
    if (takes_row(state, true))
        journal(state, CF_WHAT_EXTEND, state->announced, true, CF_OK,
                "the user asked to stay: what was announced by hand is not done");
    return true;
}

void cf_manual_session_gone(const struct cf_session_state *state)
{
    if (state->by_hand)
        journal(state, CF_WHAT_ENDED, state->by_hand, state->by_hand_users, CF_OK, NULL);
}
