/*
 * A one-off command's visit to the host that its command line means: this machine, or a simulated one. The
 * one place where commands get their host; whoever adds another kind of host adds it here.
 */
#ifndef CF_PROGRAM_VISIT_H
#define CF_PROGRAM_VISIT_H

#include "commands/host.h"
#include "program/setup/scene.h"

/* --backend, --at; they go with cf_scene_options. */
extern const struct cf_option_group cf_visit_options;

/* /server:NAME, for the help and the table of a verb that takes it */
#define CF_OPTION_SERVER                                                                                     \
    {                                                                                                        \
        "server", "NAME", "another host, by ssh; listings take several, with commas between"                 \
    }

/* A group without any, for verbs that have none of their own. */
extern const struct cf_option_group cf_no_options;

enum { CF_SENDER = 128 };

struct cf_visit {
    struct cf_host *host;
    const struct cf_zone *zone; /* whose clock is told */
    cf_session_key own;         /* the caller's session; 0: none */
    const char *server;         /* another host's name, as it was given; NULL: this machine */
    struct cf_scene scene;      /* a simulated host's */
};

/* CF_USAGE, CF_POLICY (a scenario), CF_UNAVAILABLE. End it where it returned 0. */
int cf_visit_begin(const struct cf_args *args, struct cf_visit *ret_visit, struct cf_error *err);
void cf_visit_end(struct cf_visit *visit);

/* "Message from ana": the user of the caller's session, else of this process. Returns out. */
const char *cf_visit_sender(const struct cf_visit *visit, char out[CF_SENDER]);

#endif
