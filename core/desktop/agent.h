/* An agent at work: the engine's orders, carried out by the display and the notices. */
#ifndef CF_DESKTOP_AGENT_H
#define CF_DESKTOP_AGENT_H

#include "time/loop.h"

struct cf_desktop_agent;

/* `path`: of the engine's socket. */
struct cf_desktop_agent *cf_desktop_agent_create(struct cf_loop *loop, const char *path);

/* Takes away what is shown; frees itself after its uv handles. */
void cf_desktop_agent_destroy(struct cf_desktop_agent *agent);

#endif
