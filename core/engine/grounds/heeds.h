/* What a run has announced, and what would keep it from that. */
#ifndef CF_ENGINE_HEEDS_H
#define CF_ENGINE_HEEDS_H

#include "engine/engine.h"

/* The notice by which the run has warned the session; NULL: none. */
const struct cf_notice *cf_task_announces(const struct cf_task *task, cf_session_key session);

/* What of the session would end the run's way to a logoff, as far as it has come: a sign of life, a
 * reconnect, a yes. */
struct cf_heeds {
    bool activity, reconnect, answer;
};

struct cf_heeds cf_task_heeds(const struct cf_task *task, cf_session_key session);

#endif
