/*
 * Input: being told of a session's next input, or output, while somebody's wait may be changed by it.
 *
 * Whoever waits holds *interests*. While a session has any, the host is asked to tell of the next change
 * (CF_ACTION_WATCH); where it cannot, the session is read at a pace, all of one pace in one turn. While it
 * has none, nothing is asked, and nothing is read.
 */
#ifndef CF_ENGINE_INPUT_H
#define CF_ENGINE_INPUT_H

#include "time/loop.h"

#include <stdbool.h>
#include <stdint.h>

#define CF_INPUT_PACE        CF_MINUTE     /* at which a session is read whose input cannot be told, … */
#define CF_INPUT_PACE_NOTICE cf_seconds(5) /* … and while a warning stands */

struct cf_engine;
struct cf_session_state;
struct cf_input; /* of one session */

/* Of one who waits, in one session. */
struct cf_interest {
    struct cf_input *input;              /* NULL: the session has gone */
    uint64_t fields;                     /* which of IDLE and OUTPUT */
    bool noticed;                        /* a warning of whoever waits stands there */
    uint64_t renewal;                    /* the last one that wanted it */
    struct cf_interest *previous, *next; /* of the session */
    struct cf_interest *following;       /* of whoever waits */
};

/* A list of interests is renewed: begin, want what is wanted, end; what was not wanted again goes. */
void cf_interests_begin(struct cf_engine *engine, struct cf_interest *list);
void cf_interests_want(struct cf_interest **list, struct cf_session_state *state, uint64_t fields,
                       bool noticed);
void cf_interests_end(const struct cf_engine *engine, struct cf_interest **list);

/* The session changed: what was to be told of these fields has been told. Whoever still wants to be told when
 * all have heard of it has it asked for again, by renew. */
void cf_input_changed(struct cf_session_state *state, uint64_t fields);
void cf_input_renew(struct cf_session_state *state);

/* The session goes: interests in it stay where they are, and are in nothing. */
void cf_input_end(struct cf_session_state *state);
void cf_inputs_finish(struct cf_engine *engine); /* all sessions have gone */

#endif
