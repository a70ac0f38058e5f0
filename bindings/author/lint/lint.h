/*
 * `curfew check`: looks for what loads but cannot work, by reading a policy and by trying it on a simulated
 * host in virtual time.
 */
#ifndef CF_AUTHOR_LINT_H
#define CF_AUTHOR_LINT_H

#include "engine/config/config.h"

struct cf_finding {
    const char *file; /* the last part of its path */
    int line;         /* 0: unknown */
    bool warns;       /* it may be meant; else it is a mistake */
    const char *kind; /* "load", "failure", "field", "name", "global", "option", "comparison", "truth",
                       * "condition", "countdown", "warning", "answer", "veto", "text", "value", "idle",
                       * "selector", "refused" */
    const char *text;
};

/* Calls `tell` for each finding, by line; each line is told of once. Everything is borrowed for the call. */
void cf_lint(const struct cf_policy_config *policy, const char *policy_folder,
             void (*tell)(void *data, const struct cf_finding *finding), void *data);

#endif
