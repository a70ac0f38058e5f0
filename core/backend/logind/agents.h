/*
 * Agents that come (core/agent), and which session each is for. That is logind's word for its process and the
 * kernel's for its uid, never its own. Only which display it was given is its own word, and may rule a
 * session out.
 */
#ifndef CF_LOGIND_AGENTS_H
#define CF_LOGIND_AGENTS_H

#include "logind/host.h"

enum { CF_AGENTS_COMING = 64 /* whose session is being looked up, at one time */ };

/* As in cf_backend_ops. */
void cf_agents_take(struct cf_logind *host, int fd, int64_t uid, int64_t pid, const char *display);

/* None is looked up any more. */
void cf_agents_finish(struct cf_logind *host);

#endif
