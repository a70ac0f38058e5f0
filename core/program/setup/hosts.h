/* The one place that names the kinds of host and of scripts curfew is built with. */
#ifndef CF_PROGRAM_HOSTS_H
#define CF_PROGRAM_HOSTS_H

#include "backend/backend.h"
#include "engine/policy_host.h"

extern const struct cf_backend_ops *const cf_hosts[]; /* ends in NULL; the first is the usual one here */

extern const struct cf_policy_host_ops *const cf_scripts;

/* The back end called `name`; NULL: the usual one. CF_USAGE names a near one. */
int cf_backend_find(const char *name, const struct cf_backend_ops **ret_ops, struct cf_error *err);

/* What a command wants of its host. */
struct cf_backend_wish {
    const char *server; /* another host than this machine; NULL: this one */
    bool asks;          /* a person is there to type a password for it */
    const char *only;   /* sessions with this id, or of this user, are enough; NULL: all */
    bool people;        /* nor is anybody interested in those of service managers */
    bool shows;         /* what is listed is only shown: nothing is done to a session that was found so */
};

/* The settings with which the back end opens it so, as far as it can. Valid until the next call; NULL: it
 * opens its usual host, and all of it. */
const void *cf_backend_settings(const struct cf_backend_ops *ops, const struct cf_backend_wish *wish);

/* Where the policies that come with curfew are installed, found from the program's own place. */
const char *cf_policy_folder(void);

/* Where its words in other languages are, likewise. */
const char *cf_i18n_folder(void);

#endif
