/*
 * A crowd of 200 clients of ten honest and ten hostile users, each a process of their own with ten clients:
 * the honest ask for what is theirs and for what is not, and count; the hostile do all they can think of
 * until the honest are done. Whoever reads a secret of somebody else reports it. Needs root.
 */
#ifndef CF_TESTS_CONTROL_CROWD_H
#define CF_TESTS_CONTROL_CROWD_H

#include "control/requests.h"

#include <sys/types.h>

enum { CROWD_USERS = 20, CROWD_EACH = 10, CROWD_KINDS_OF_REQUEST = 4 };

struct crowd_report {
    bool hostile;
    unsigned long served, wrong, leaked, sent;
};

extern struct crowd {
    char path[256];
    int rounds;         /* that each honest client goes */
    int go[2], stop[2]; /* pipes that say so by being closed */
    int reports[2];     /* what each has seen, at its end */
    pid_t children[CROWD_USERS];
    unsigned honest_left, left;
    struct crowd_report honest, hostile; /* added up */
    struct cf_loop *loop;
    struct cf_control *control;
    struct cf_requests requests;
    struct cf_registry *registry;
    uv_poll_t poll;
} crowd;

/* Makes the users, who wait, and the server. Honest clients go `rounds` rounds each. */
int crowd_open(int rounds, struct cf_error *err);

/* Until all are done. */
void crowd_run(void);

/* How many of them ended well. */
int crowd_close(void);

#endif
