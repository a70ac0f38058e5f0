/* What a request looks at on a worker thread: terminals, to read and to write them, groups, processes, rules
 * of PAM. */
#ifndef CF_LOGIND_LOOKS_H
#define CF_LOGIND_LOOKS_H

#include "logind/workers.h"

struct cf_cached;
struct cf_host_request;

/* What reading these fields may hang on: the worst of what their sources may. */
enum cf_hangs cf_looks_hang_on(uint64_t fields);

/* Whether there is anything, which it notes in the request. */
bool cf_looks_wanted(struct cf_host_request *request, struct cf_cached *known);

struct cf_host_request *cf_looks_request(struct cf_work *work);
void cf_looks_take(struct cf_work *work); /* on the worker */

/* Back on the loop: what was found out stays with the session. */
void cf_looks_end_reading(struct cf_host_request *request, struct cf_cached *known);

/* Back on the loop, where something was written: it is no output of anybody else's. */
void cf_looks_end_writing(struct cf_host_request *request);

#endif
