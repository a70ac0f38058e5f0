/* What changes something on the host, once all is read: lock, end, end by force, refuse logons. */
#ifndef CF_LOGIND_ACTS_H
#define CF_LOGIND_ACTS_H

struct cf_host_request;

/* Unless its user came back, or there was input since: then it fails, as what it rests on is old. */
void cf_act_on_session(struct cf_host_request *request);

void cf_act_on_logons(struct cf_host_request *request);

#endif
