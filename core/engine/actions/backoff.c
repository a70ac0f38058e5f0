/*
 * A session that no warning reaches is warned less and less often: each try is the host's work. The first
 * that fails has its rows in the journal, and so has the first that reaches its user again; none in between
 * has, nor what a run asks for before the next try is due.
 */
#include "engine/actions/backoff.h"

#include "base/log.h"
#include "base/memory.h"
#include "engine/grounds/notices.h"
#include "engine/task.h"

#include <stdlib.h>

/* What a host tells, or is asked, of a session that stays as hard to reach as it was. */
#define SAME_REACH                                                                                           \
    (CF_FIELD_BIT(CF_FIELD_IDLE) | CF_FIELD_BIT(CF_FIELD_IDLE_SOURCE) | CF_FIELD_BIT(CF_FIELD_OUTPUT) |      \
     CF_FIELD_BIT(CF_FIELD_AGE) | CF_FIELD_BIT(CF_FIELD_LOCKED_FOR) |                                        \
     CF_FIELD_BIT(CF_FIELD_DISCONNECTED_FOR) | CF_FIELD_BIT(CF_FIELD_GROUPS) |                               \
     CF_FIELD_BIT(CF_FIELD_LANGUAGE) | CF_FIELD_BIT(CF_FIELD_PROGRAMS) | CF_FIELD_BIT(CF_FIELD_CPU) |        \
     CF_FIELD_BIT(CF_FIELD_IDLE_DOUBT) | CF_FIELD_BIT(CF_FIELD_MISSING) | CF_FIELD_BIT(CF_FIELD_INHIBITED))

/* What its user makes change as often as they like. */
#define WAYS (CF_FIELD_BIT(CF_FIELD_BLOCKED) | CF_FIELD_BIT(CF_FIELD_AGENT))

static struct cf_backoff *find_backoff(const struct cf_session_state *state)
{
    struct cf_backoff *backoff;
    HASH_FIND(hh, state->engine->backoffs, &state->key, sizeof state->key, backoff);
    return backoff;
}

/* NULL where the last warning has reached it. */
static struct cf_backoff *find_unreached(const struct cf_session_state *state)
{
    struct cf_backoff *backoff = find_backoff(state);
    return backoff && !cf_mono_known(backoff->reached) ? backoff : NULL;
}

const struct cf_backoff *cf_backoff_of(const struct cf_session_state *state)
{
    return find_unreached(state);
}

const char *cf_backoff_why(const struct cf_session_state *state)
{
    const struct cf_session *session = cf_registry_get(state->engine->registry, state->key);
    const struct cf_backoff *backoff = find_unreached(state);
    const char *lacks = session->blocked ? session->blocked : session->missing;
    return lacks ? lacks : backoff ? backoff->why : NULL;
}

/* Nobody can end it, so its user may keep it for ever. */
static void tell_long(const struct cf_session_state *state, struct cf_span lasts)
{
    const struct cf_session *session = cf_registry_get(state->engine->registry, state->key);
    char span[CF_SPAN_TEXT];
    const char *why = cf_backoff_why(state);
    struct cf_buffer text = {0};
    cf_buffer_printf(&text, "warnings have failed to reach it for %s, so that no policy ends it%s%s%s",
                     cf_span_words(lasts, span), session->missing ? "" : "; speak with its user",
                     why ? ": " : "", why ? why : "");
    cf_session_state_report(state, CF_WHAT_UNREACHED, CF_LOG_ERROR, text.data);
    cf_buffer_finish(&text);
}

/* The session was used since one has reached it: that was another time. */
static bool is_over(const struct cf_session_state *state, const struct cf_backoff *backoff)
{
    return cf_mono_known(backoff->reached) && cf_life_since(state->engine, state->key, backoff->reached);
}

void cf_backoff_failed(struct cf_session_state *state, const char *why)
{
    struct cf_backoff *backoff = find_backoff(state);
    struct cf_mono now = cf_loop_now(state->engine->loop);
    if (backoff && is_over(state, backoff)) {
        cf_backoff_end(state);
        backoff = NULL;
    }
    if (!backoff) {
        backoff = cf_alloc(sizeof *backoff);
        *backoff = (struct cf_backoff){
            .key = state->key, .since = now, .wait = CF_BACKOFF_LEAST, .freed = CF_MONO_UNKNOWN};
        HASH_ADD(hh, state->engine->backoffs, key, sizeof backoff->key, backoff);
    }
    struct cf_span lasts = cf_mono_since(backoff->since, now);
    backoff->tries++;
    backoff->last = now;
    backoff->reached = CF_MONO_UNKNOWN;
    cf_replace(&backoff->why, why);
    if (lasts.us >= CF_BACKOFF_LONG.us && !backoff->long_told) {
        backoff->long_told = true;
        tell_long(state, lasts);
    }
}

void cf_backoff_reached(struct cf_session_state *state)
{
    struct cf_backoff *backoff = find_backoff(state);
    cf_backoff_again(state);
    if (!backoff)
        return;
    backoff->reached = cf_loop_now(state->engine->loop);
    backoff->refused = false;
}

void cf_backoff_end(struct cf_session_state *state)
{
    struct cf_backoff *backoff = find_backoff(state);
    if (!backoff)
        return;
    HASH_DEL(state->engine->backoffs, backoff);
    free(backoff->why);
    free(backoff);
}

void cf_backoff_again(struct cf_session_state *state)
{
    struct cf_backoff *backoff = find_backoff(state);
    if (!backoff)
        return;
    backoff->last = CF_MONO_UNKNOWN;
    backoff->wait = CF_BACKOFF_LEAST;
}

struct cf_mono cf_backoff_until(const struct cf_session_state *state)
{
    const struct cf_backoff *backoff = find_unreached(state);
    struct cf_mono life = cf_registry_life(state->engine->registry, state->key);
    if (!backoff || !cf_mono_known(backoff->last))
        return CF_MONO_UNKNOWN;
    bool lives = cf_mono_is_after(life, backoff->last);
    return cf_mono_add(backoff->last,
                       lives && backoff->wait.us > CF_BACKOFF_LIVES.us ? CF_BACKOFF_LIVES : backoff->wait);
}

bool cf_backoff_try(struct cf_session_state *state)
{
    struct cf_backoff *backoff = find_unreached(state);
    struct cf_mono now = cf_loop_now(state->engine->loop), until = cf_backoff_until(state);
    if (!backoff)
        return true;
    if (cf_mono_is_after(until, now))
        return false;
    if (cf_mono_known(until))
        backoff->wait = cf_span_doubled(backoff->wait, CF_BACKOFF_MOST);
    backoff->last = now; /* so that others do not try as well until its outcome is known */
    return true;
}

bool cf_backoff_tells(struct cf_session_state *state)
{
    struct cf_backoff *backoff = find_unreached(state);
    bool tells = !backoff || !backoff->refused;
    if (backoff)
        backoff->refused = true;
    return tells;
}

/* Its terminal can be written to again, or it has an agent now: that counts once in a while, since anybody
 * can stop and start either as often as they like. */
static bool is_freed(const struct cf_session_state *state, struct cf_backoff *backoff, uint64_t ways)
{
    const struct cf_session *session = cf_registry_get(state->engine->registry, state->key);
    struct cf_mono now = cf_loop_now(state->engine->loop);
    bool lately = now.us < backoff->freed.us + CF_BACKOFF_LIVES.us;
    bool open = (ways & CF_FIELD_BIT(CF_FIELD_BLOCKED) && !session->blocked) ||
                (ways & CF_FIELD_BIT(CF_FIELD_AGENT) && session->agent == CF_TRI_YES);
    if (!open || lately)
        return false;
    backoff->freed = now;
    return true;
}

void cf_backoff_changed(struct cf_session_state *state, uint64_t fields)
{
    struct cf_backoff *backoff = find_unreached(state);
    fields &= ~SAME_REACH;
    bool way = !(fields & ~WAYS);
    if (!backoff || (way && !is_freed(state, backoff, fields)))
        return;
    struct cf_span wait = backoff->wait;
    cf_backoff_again(state);
    if (way) /* where that comes to nothing, it goes on as before */
        backoff->wait = wait;
    for (struct cf_task *task = state->tasks; task; task = task->next)
        if (cf_notices_missed(task, state->key)) /* it would log nobody off: another one warns afresh */
            task->sink->end_run(task, "its session has changed, and may be warned again");
}
