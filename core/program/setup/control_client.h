/* Asking a running engine, and telling its answers. */
#ifndef CF_PROGRAM_CONTROL_CLIENT_H
#define CF_PROGRAM_CONTROL_CLIENT_H

#include "base/text.h"
#include "control/client.h"
#include "program/args.h"
#include "time/instant.h"

/* --socket, --json */
extern const struct cf_option_group cf_control_client_options;

/* An answer being told to people, in words. */
struct cf_telling {
    const struct cf_args *args;
    FILE *out;
    struct cf_instant now;
    const struct cf_zone *zone; /* in which times are told */
};

typedef void cf_control_client_teller(const struct cf_telling *telling, const json_t *answer);

/*
 * Asks the engine that the command line means to do the verb; `words` and codes are cf_control_ask's. Prints
 * the answer by `tell`, or as a line of JSON where that is wanted. ret_answer: the answer, the caller's; may
 * be NULL.
 */
int cf_control_client_ask(const struct cf_args *args, const char *const *words,
                          cf_control_client_teller *tell, FILE *out, json_t **ret_answer,
                          struct cf_error *err);

/* A time of an answer, which is UTC, as people say it: "14:35, in 4 minutes", with the date where that is
 * another day. NULL where there is none. */
enum { CF_TELLING_TIME = 192 };
const char *cf_answer_time(const struct cf_telling *telling, const json_t *answer, const char *key,
                           char out[CF_TELLING_TIME]);

/* A text, a whole number, or a truth of an answer; NULL, 0, false where there is none. */
const char *cf_answer_text(const json_t *answer, const char *key);
int cf_answer_number(const json_t *answer, const char *key);
bool cf_answer_is(const json_t *answer, const char *key);

/* " (dry run)", " (only warns)", "": of a policy. */
const char *cf_answer_mode(const json_t *policy);

/* A text of the engine's own, or a span, in the language of whoever asks; NULL where there is none. */
const char *cf_answer_words(const json_t *answer, const char *key);
const char *cf_answer_span(const json_t *answer, const char *key, char out[CF_SPAN_TEXT]);

#endif
