/* Asking a running engine, and telling its answers. */
#ifndef CF_PROGRAM_CONTROL_CLIENT_H
#define CF_PROGRAM_CONTROL_CLIENT_H

#include "base/text.h"
#include "control/client.h"
#include "program/args.h"
#include "time/instant.h"

/* --socket, --json */
extern const struct cf_option_group cf_control_client_options;

/* Now, and the zone in which times are told. */
struct cf_when {
    struct cf_instant now;
    const struct cf_zone *zone;
};

/* Adds a time of an answer, which is UTC, as people say it: "14:35, in 4 minutes", with the date where that
 * is another day. False, and nothing, where it is no time. */
bool cf_when_add(const struct cf_when *when, const char *utc, struct cf_buffer *out);

/* Prints an answer for people. */
typedef void cf_control_client_teller(const struct cf_args *args, const json_t *answer,
                                      const struct cf_when *when, FILE *out);

/*
 * Asks the engine that the command line means to do the verb; `words` and codes are cf_control_ask's. Prints
 * the answer by `tell`, or as a line of JSON where that is wanted.
 */
int cf_control_client_ask(const struct cf_args *args, const char *const *words,
                          cf_control_client_teller *tell, FILE *out, struct cf_error *err);

/* The same for who wants the answer besides, which is the caller's. */
int cf_control_client_answer(const struct cf_args *args, const char *const *words,
                             cf_control_client_teller *tell, FILE *out, json_t **ret_answer,
                             struct cf_error *err);

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
