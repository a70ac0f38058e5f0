/* Verbs for tests of the server, which answer at once, at last, at length, or administrators alone. */
#ifndef CF_TESTS_CONTROL_ECHO_H
#define CF_TESTS_CONTROL_ECHO_H

#include "server_fixture.h"

enum { BIG = 4 * 1024 * 1024 }; /* the answer to "big": more than any socket takes at once */

extern const struct cf_control_verb echo_verbs[];

#define ASK_ECHO "{\"curfew\":1,\"id\":7,\"do\":\"echo\"}"
#define DO(verb) "{\"curfew\":1,\"id\":7,\"do\":\"" verb "\"}"
#define ANSWERED "{\"curfew\":1,\"id\":7,\"ok\":true,\"result\":"

/* The server with these verbs. */
int echo_set_up(void **state);
int echo_tear_down(void **state);

/* Answers who asked "later", of whom there is one at a time; false where nobody waits. */
bool echo_answer_waiting(void);

/* The caller is still served, whatever was sent. */
void assert_served(int caller);

#endif
