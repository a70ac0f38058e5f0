/*
 * Conditions made up at random: as Lua, for a policy to wait for, and as a tree that is looked at plainly, by
 * what is so at a session. The plain look knows nothing of slopes, turns or readings.
 */
#ifndef CF_TESTS_RANDOM_CONDITION_H
#define CF_TESTS_RANDOM_CONDITION_H

#include "base/text.h"
#include "calendar/calendar.h"
#include "sim/random.h"

enum node_kind {
    AND,
    OR,
    NOT, /* a, b */
    IS_LOCKED,
    IS_DISCONNECTED, /* plain fields */
    CONTAINS,        /* a */
    LESS,
    LESS_OR_EQUAL, /* a, b */
    CONSTANT,
    IDLE,
    OUTPUT,
    AGE,
    LOCKED_FOR,
    DISCONNECTED_FOR,
    SINCE_START, /* spans */
    PLUS,
    MINUS,
    TIMES,
    DIVIDED,
    TO_START,
    TO_END, /* how long until the calendar says so */
    NOW,
    LAST_INPUT,
    LAST_OUTPUT, /* instants, plus us */
};

struct node {
    enum node_kind kind;
    const struct node *a, *b;
    int64_t us;
    double factor;
};

enum { CONDITION_NODES = 64 };

/* Does not move: its nodes point at one another. */
struct condition {
    struct node nodes[CONDITION_NODES];
    int count;
    const struct node *root;
    struct cf_calendar *calendar; /* what the Lua calls `hours` */
    char hours[32];               /* the calendar's one line */
};

/* What is so at a session at one instant: µs on the loop's clock. */
struct facts {
    bool known; /* its idle time can be */
    int64_t now, logged_on, last_input, last_output;
    int64_t locked, disconnected;  /* since when; -1: it is not */
    struct cf_instant wall, start; /* now; when the policy was loaded, which the Lua calls `t0` */
};

/* Sets up a condition without nodes, and its calendar. */
void condition_init(struct condition *condition, struct cf_random *random);
void condition_finish(struct condition *condition);

struct node *condition_node(struct condition *condition, enum node_kind kind, const struct node *a,
                            const struct node *b);
const struct node *condition_constant(struct condition *condition, int64_t us);

/* Any, of such depth. */
const struct node *condition_any(struct condition *condition, struct cf_random *random, int depth);
/* As people write them: up to three things, each for at least so many minutes. */
const struct node *condition_plain(struct condition *condition, struct cf_random *random);

/* Lua, in which `us` is a microsecond. */
void condition_write(const struct node *node, struct cf_buffer *out);

/* Whether it holds. With an idle time in it that nobody knows it does not. */
bool condition_holds(const struct condition *condition, const struct node *node, const struct facts *facts);

/* From 1 to `most` µs; from `low` to `high` minutes, half of them whole. */
int64_t random_us(struct cf_random *random, int64_t most);
int64_t random_minutes(struct cf_random *random, uint32_t low, uint32_t high);

#endif
