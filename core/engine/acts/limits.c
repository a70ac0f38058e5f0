/* Whom the configuration protects, always; and how fast sessions may be ended: so many a minute in all. */
#include "engine/acts/limits.h"

#include "base/memory.h"
#include "base/words.h"
#include "engine/context.h"

#include <stdlib.h>

enum { FIRST_USER_UID = 1000 }; /* login.defs(5), UID_MIN: accounts below are the system's */

const char *cf_guard(const struct cf_config *config, const struct cf_session *session)
{
    bool windows = session->uid == CF_NUMBER_UNKNOWN && session->sid;
    if (session->closing == CF_TRI_YES)
        return N_("the session is already closing");
    if (!windows && session->uid == CF_NUMBER_UNKNOWN && (config->protect_root || config->protect_system))
        return N_("nobody knows whose session it is");
    if (config->protect_root &&
        (session->uid == 0 || (session->sid && cf_text_matches("*-500", session->sid))))
        return N_("root is protected");
    if (config->protect_system && !windows && session->uid > 0 && session->uid < FIRST_USER_UID)
        return N_("system accounts are protected");
    if (config->protect_console && session->console != CF_TRI_NO)
        return session->console == CF_TRI_YES ? N_("the console is protected")
                                              : N_("it may be the console, which is protected");
    switch (cf_selector_match_any(config->protect, session)) {
    case CF_TRI_YES: return N_("the configuration protects the session");
    case CF_TRI_UNKNOWN: return N_("nobody knows whether the configuration protects the session");
    default: return NULL;
    }
}

uint64_t cf_guard_fields(const struct cf_config *config)
{
    return CF_FIELD_BIT(CF_FIELD_UID) | CF_FIELD_BIT(CF_FIELD_SID) | CF_FIELD_BIT(CF_FIELD_CONSOLE) |
           CF_FIELD_BIT(CF_FIELD_CLOSING) | cf_selector_fields(config->protect);
}

/* ---- The pace ---- */

#define NEVER_TAKEN INT64_MIN

/* A minute's logoffs stand in a ring: the next one goes a minute after the one that has its place. */
static void fit_ring(struct cf_pace *pace, size_t size)
{
    if (pace->size == size)
        return;
    free(pace->taken);
    pace->taken = cf_alloc(size * sizeof *pace->taken);
    pace->size = size;
    pace->place = 0;
    for (size_t i = 0; i < size; i++)
        pace->taken[i] = NEVER_TAKEN;
}

bool cf_pace_take(struct cf_engine *engine, struct cf_mono *ret_turn)
{
    if (!engine->pace)
        engine->pace = cf_alloc(sizeof *engine->pace);
    struct cf_pace *pace = engine->pace;
    fit_ring(pace, engine->config->limits.logoffs_per_minute);
    struct cf_mono turn = cf_loop_now(engine->loop);
    int64_t free_at = pace->taken[pace->place];
    free_at += free_at == NEVER_TAKEN ? 0 : CF_MINUTE.us;
    if (free_at > turn.us + CF_LATE.us)
        return false;
    if (free_at > turn.us)
        turn.us = free_at;
    pace->taken[pace->place] = turn.us;
    pace->place = (pace->place + 1) % pace->size;
    *ret_turn = turn;
    return true;
}

void cf_pace_finish(struct cf_engine *engine)
{
    if (engine->pace)
        free(engine->pace->taken);
    free(engine->pace);
}
