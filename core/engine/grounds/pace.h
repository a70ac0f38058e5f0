/* How many sessions may be ended a minute, in all, and who waits for a place among them. */
#ifndef CF_ENGINE_PACE_H
#define CF_ENGINE_PACE_H

#include "base/hash.h"
#include "engine/engine.h"

struct cf_notice;

/* Of logoffs: those of the last minute, a ring; those announced; and the tasks that wait for a place. */
struct cf_pace {
    int64_t *taken; /* monotonic times */
    size_t size, place;
    struct cf_minute *minutes;
    struct cf_timer call; /* those who wait */
    uint64_t calls;
    size_t queued; /* of all policies */
};

/* Whether a logoff has a place, so far ahead, that nobody waits for longer. */
bool cf_pace_has_place(struct cf_task *task, struct cf_span ahead);
void cf_pace_book(struct cf_notice *notice); /* by its announced end, whether there is a place or not */
void cf_pace_release(struct cf_notice *notice);

/* Until there is a place for its logoff, so long after it warns; then its run begins. `quiet`: unless there
 * is a sign of life. */
void cf_pace_queue(struct cf_task *task, struct cf_span ahead, bool quiet);
void cf_pace_leave(struct cf_task *task);                 /* fine where it is in no queue */
struct cf_span cf_pace_ahead(const struct cf_task *task); /* as it was last queued; unknown: never */

/* A turn for one more logoff, now or later, in the order of asking; false: it would come too late. */
bool cf_pace_take(struct cf_engine *engine, struct cf_mono *ret_turn);
void cf_pace_finish(struct cf_engine *engine);

#endif
