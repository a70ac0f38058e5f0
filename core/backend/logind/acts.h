/* What changes something on the host, once all is read: lock, end, end by force, refuse logons. */
#ifndef CF_LOGIND_ACTS_H
#define CF_LOGIND_ACTS_H

#include <stdbool.h>

struct cf_host_request;

/* Unless its user came back, or there was input since: then it fails, as what it rests on is old. */
void cf_act_on_session(struct cf_host_request *request);

/* False: it is completed. Else whether anybody is refused is to be looked at on a worker: cf_answer_logons.
 */
bool cf_act_on_logons(struct cf_host_request *request);

#endif
