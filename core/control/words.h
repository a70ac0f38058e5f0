/*
 * What the words of a request mean: which session, whose that is, and how long a time. Ownership goes by uid,
 * on Windows by SID; a session whose owner is unknown is nobody's.
 */
#ifndef CF_CONTROL_WORDS_H
#define CF_CONTROL_WORDS_H

#include "control/server.h"
#include "session/registry.h"

/* Borrowed from `words`; NULL: it is not there. */
const char *cf_words_text(const json_t *words, const char *name);

/* The span of "for", unknown where it is not given. False: the call was refused. */
bool cf_words_span(const json_t *words, struct cf_control_call *call, struct cf_span *ret_span);

bool cf_words_is_own(const struct cf_peer *peer, const struct cf_session *session);

/* Their own, and an administrator all. */
bool cf_words_may_see(const struct cf_peer *peer, const struct cf_session *session);

/*
 * The session that `word` means, of those that the caller may see: an id goes before a name ("pts/3"), and
 * that before a user's. 0: there is none, or `ambiguous`, or `word` is NULL.
 */
cf_session_key cf_words_session(const struct cf_registry *registry, const struct cf_control_call *call,
                                const char *word, bool *ret_ambiguous);

/* Each answers the call, and ends it. */
void cf_words_refuse(struct cf_control_call *call, int code, const char *sentence);

/* "several sessions have this name; give the id of one: 12, 14" */
void cf_words_refuse_ambiguous(const struct cf_registry *registry, struct cf_control_call *call,
                               const char *word);

/* The one answer for what does not exist and for what is somebody else's. */
void cf_words_refuse_unknown(struct cf_control_call *call);

#endif
