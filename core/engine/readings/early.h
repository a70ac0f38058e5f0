/* What is asked for as a session comes, so that nobody waits for it later: groups, the language. */
#ifndef CF_ENGINE_EARLY_H
#define CF_ENGINE_EARLY_H

#include "engine/readings/reading.h"
#include "time/loop.h"

#define CF_EARLY_PACE     CF_MINUTE      /* until what did not become known is asked for again; doubles … */
#define CF_EARLY_LONGEST  cf_minutes(60) /* … up to this */
#define CF_LANGUAGE_LIMIT CF_SECOND      /* for a warning to wait for its language, from its being asked on */

/* What is asked for as a session comes, and again after a while where it did not become known. */
struct cf_early {
    struct cf_session_state *state;
    enum cf_source source;
    uint64_t fields;
    struct cf_reader reader;
    struct cf_timer again;
    struct cf_span pace;
};

/* Asks for what deciding about tasks needs and the host does not tell by itself (groups, say), but for
 * `known`, and for the language where a policy has translations. Fine to call again. */
void cf_early_begin(struct cf_session_state *state, uint64_t known);
void cf_early_language(struct cf_session_state *state); /* asks now, unless it is known or being asked for */
struct cf_mono cf_early_language_due(
    const struct cf_session_state *state); /* until when a warning waits for it; unknown: it does not */
void cf_early_end(struct cf_session_state *state);

#endif
