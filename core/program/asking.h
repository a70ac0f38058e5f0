/* Asking a running engine, and telling its answers. */
#ifndef CF_PROGRAM_ASKING_H
#define CF_PROGRAM_ASKING_H

#include "base/text.h"
#include "control/client.h"
#include "program/args.h"
#include "time/instant.h"

/* --socket, --json */
extern const struct cf_option_group cf_asking_options;

/* As cf_control_ask, of the engine that the command line means. */
int cf_asking_ask(const struct cf_args *args, const char *verb, const char *const *words, json_t **ret_answer,
                  struct cf_error *err);

/* An answer as one line of JSON. */
void cf_asking_dump(const json_t *answer, FILE *out);

/* Now, and the zone in which times are told. */
struct cf_when {
    struct cf_instant now;
    const struct cf_zone *zone;
};

int cf_when_now(struct cf_when *ret_when, struct cf_error *err);

/* Adds a time of an answer, which is UTC, as people say it: "14:35, in 4 minutes", with the date where that
 * is another day. False, and nothing, where it is no time. */
bool cf_when_add(const struct cf_when *when, const char *utc, struct cf_buffer *out);

#endif
