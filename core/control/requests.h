/*
 * What an engine answers by the control protocol, and to whom: anybody about their own sessions,
 * administrators about all. What is not one's own is answered as what does not exist.
 *
 *   sessions                       those there are, every field
 *   why SESSION                    why it is, or was, or will be ended, or not
 *   stay [SESSION] [for]           puts off its logoff; without SESSION, that of all one's own
 *   agent                          speaks for its own session from now on (core/agent): another protocol
 *   note SESSION what text         journals what they do to it by a command: logoff, disconnect, tell
 *   tell SESSION text [title] [for]   administrators: shows a message in it, and journals it
 *   status, metrics, reload        administrators
 *   pause [policy] [for], resume [policy]   administrators
 *
 * `why` and `stay` read the session before they answer.
 */
#ifndef CF_CONTROL_REQUESTS_H
#define CF_CONTROL_REQUESTS_H

#include "control/engine_side.h"

/* Fills in the engine's side; the program's own are left empty. */
void cf_requests_init(struct cf_requests *requests, struct cf_engine *engine);

/* Whoever still waits for a reading is refused when that comes. Before the engine's end. */
void cf_requests_finish(struct cf_requests *requests);

/* The table for struct cf_control_setup, whose `data` is a struct cf_requests. */
extern const struct cf_control_verb cf_requests_verbs[];

#endif
