/*
 * Which sessions' next input or output is told (CF_ACTION_WATCH): their terminals are watched, and looked for
 * again when one of them vanishes or a new one is used.
 */
#ifndef CF_LOGIND_WATCHES_H
#define CF_LOGIND_WATCHES_H

#include "logind/host.h"
#include "logind/input.h"

/* The fields that can be told. */
#define CF_WATCHES_FIELDS (CF_FIELD_BIT(CF_FIELD_IDLE) | CF_FIELD_BIT(CF_FIELD_OUTPUT))

/* From before a session is looked at until it is armed; false where nothing can be watched. */
bool cf_watches_expect(struct cf_logind *host);
void cf_watches_unexpect(struct cf_logind *host);

/*
 * Begins to watch for `fields`, in place of what was watched before, and reads the terminals' times after
 * that, so that nothing falls in between. Returns those that will be told.
 */
uint64_t cf_watches_arm(struct cf_logind *host, struct cf_cached *known, struct cf_input *input,
                        uint64_t fields);

/* The session's terminals were looked for again (NULL: in vain). */
void cf_watches_looked(struct cf_logind *host, struct cf_cached *known, struct cf_input *input);

void cf_watches_cancel(struct cf_logind *host, struct cf_cached *known);

void cf_watches_finish(struct cf_logind *host);

#endif
