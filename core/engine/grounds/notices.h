/* What a run shows on users' screens, and what has come of that. */
#ifndef CF_ENGINE_NOTICES_H
#define CF_ENGINE_NOTICES_H

#include "engine/engine.h"
#include "engine/grounds/notice_queue.h"

struct cf_notice *cf_notice_of(const struct cf_task *task, cf_session_key session); /* NULL: has none */
struct cf_notice *cf_notice_find(const struct cf_task *task, uint64_t id);          /* NULL: none has it */
bool cf_notice_answered(const struct cf_task *task, uint64_t id);

/* Gives the run's notice to this session its next texts, which pass to it. */
struct cf_notice *cf_notice_open(struct cf_task *task, cf_session_key session, struct cf_notice_texts *texts,
                                 struct cf_span left);
void cf_notice_texts_finish(struct cf_notice_texts *texts);

/* What it says at this moment, the caller's; the time left to the second, unknown where it announces none. */
char *cf_notice_text(const struct cf_notice *notice, struct cf_span *ret_left);
void cf_notice_delivered(struct cf_notice *notice);
void cf_notice_failed(struct cf_notice *notice); /* to be delivered */

/* Whether the user has given a sign of life since the run first warned there (0: wherever it has). */
bool cf_notices_noticed(const struct cf_task *task, cf_session_key session);
bool cf_notices_typed(const struct cf_task *task,
                      cf_session_key session); /* there was input since the last one */

/* Takes back what the run still shows to those who stay, and forgets all. `why` for the journal; NULL: no
 * entry. */
void cf_notices_close(struct cf_task *task, const char *why);

/* The user pressed the button of a notice: it is answered, and the press a sign of life. */
void cf_notices_answered(struct cf_engine *engine, uint64_t id, bool yes);

/* Whether the session has been disconnected for as long as a warning has to stand: nobody could read one. */
bool cf_disconnected_long(const struct cf_engine *engine, const struct cf_session *session);

/* Whether a warning of the run has reached nobody there. */
bool cf_notices_missed(const struct cf_task *task, cf_session_key key);

/* Whether the session has seen a warning of this run. */
bool cf_notices_seen(const struct cf_task *task, cf_session_key key);

bool cf_task_has_warned(const struct cf_task *task); /* and the user still relies on it */

#endif
