/* What a request is answered with, once all is read. Each completes it. */
#ifndef CF_LOGIND_ANSWERS_H
#define CF_LOGIND_ANSWERS_H

struct cf_host_request;

void cf_answer_reading(struct cf_host_request *request); /* and arms what was asked to be told */
void cf_answer_warning(struct cf_host_request *request);
void cf_answer_processes(struct cf_host_request *request);
void cf_answer_logons(struct cf_host_request *request); /* never as done where nobody would be refused */

#endif
