/* Requests to the host in memory, and the faults. */
#ifndef CF_SIM_REQUESTS_H
#define CF_SIM_REQUESTS_H

#include "sim/host.h"

void cf_sim_requests_submit(struct cf_backend *sim, const struct cf_request *request);
void cf_sim_requests_stop(struct cf_backend *sim); /* those under way are dropped */
void cf_sim_requests_finish(struct cf_backend *sim);

#endif
