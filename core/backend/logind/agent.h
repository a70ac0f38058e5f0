/* The agent of one session (core/agent), if it has any: what it is asked, and what it told last. */
#ifndef CF_LOGIND_AGENT_H
#define CF_LOGIND_AGENT_H

#include "agent/link.h"
#include "logind/host.h"

/* What the sink is told of its word. */
#define CF_SESSION_AGENT_TELLS (CF_FIELD_BIT(CF_FIELD_IDLE) | CF_FIELD_BIT(CF_FIELD_IDLE_SOURCE))

#define CF_AGENT_OLD       cf_minutes(10) /* an agent that has lived for so long was no flapping one */
#define CF_AGENT_WAIT      cf_minutes(1) /* after the second in a row that has not, until the next is taken; … */
#define CF_AGENT_WAIT_MOST CF_HOUR       /* … twice as long after each further one */

/* How long a session whose agents have died young waits for the next one; 0: it may be taken. */
struct cf_span cf_session_agent_wait(const struct cf_cached *known, struct cf_mono now);

/* Takes over `fd`, at whose other end is one that may speak for the session, which has none; tells the sink.
 * `display` is the X display that it sees; NULL: none. */
void cf_session_agent_begin(struct cf_logind *host, struct cf_cached *known, int fd, int64_t process,
                            const char *display);

/* Asks the session's agent, which it has; `order->done` follows. */
void cf_session_agent_ask(struct cf_cached *known, struct cf_agent_order *order,
                          const struct cf_agent_order_line *line);

/* Has it take back what it shows, without waiting for its word. */
void cf_session_agent_close_notice(struct cf_cached *known);

/*
 * Takes what it answered to READ or WATCH, asked at `asked`. Returns the last input, unknown where it does
 * not know of any, and its source. What a slow answer may be later than is no input: where the last one known
 * may be meant, it is.
 */
struct cf_mono cf_session_agent_take(const struct cf_logind *host, struct cf_cached *known,
                                     const struct cf_agent_answer *answer, struct cf_mono asked,
                                     const char **ret_source);

/* A notice came to be on the screen, or did not: what the desktop lacks then is told later. */
void cf_session_agent_showed(struct cf_logind *host, struct cf_cached *known, bool yes);

/* Whether the next input at its display is still to be told by its agent. */
bool cf_session_agent_watches(const struct cf_cached *known);

/* The session has gone. */
void cf_session_agent_end(struct cf_cached *known);

#endif
