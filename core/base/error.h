/*
 * Errors: a negative code for the program, a sentence for a person.
 *
 * A function that can fail returns 0 or a negative `enum cf_code`, and takes a `struct cf_error *err` last.
 * On failure it fills `err` (which may be NULL) with one sentence: what failed, where, why and what to do.
 * Outputs named `ret_x` are untouched on failure.
 */
#ifndef CF_BASE_ERROR_H
#define CF_BASE_ERROR_H

#include <stddef.h>

enum cf_code {
    CF_OK = 0,
    CF_FAILED = -1,      /* it was tried and did not work */
    CF_USAGE = -2,       /* the caller's words are wrong */
    CF_POLICY = -3,      /* a policy, a scenario or the configuration is wrong */
    CF_UNAVAILABLE = -4, /* the host cannot be reached */
    CF_GONE = -5,        /* the session has ended */
    CF_STALE = -6,       /* what the request expected no longer holds */
    CF_TIMEOUT = -7,     /* no answer in time; nobody knows whether it was done */
    CF_UNSUPPORTED = -8, /* this host has no such action or field */
    CF_DENIED = -9,      /* the caller may not */
    CF_REFUSED = -10,    /* curfew's own rules of safety forbid it */
};

enum { CF_ERROR_SIZE = 4096 }; /* for a good many mistakes of a configuration */

struct cf_error {
    int code;
    char text[CF_ERROR_SIZE];
};

/* No error yet. Where it is made often, for little: a whole one zeroed is four kilobytes. */
static inline void cf_error_clear(struct cf_error *err)
{
    err->code = 0;
    err->text[0] = '\0';
}

/* Fills *err, cutting the text where it is too long, and returns `code`, so that callers can return the call.
 * It is one line, whatever is put into it: a line feed is a blank. */
int cf_error_set(struct cf_error *err, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same of a text whose lines are errors of their own. */
int cf_error_lines(struct cf_error *err, int code, const char *text);

/* Hands on another error, all its lines, under `code`, which is returned. */
int cf_error_copy(struct cf_error *err, int code, const struct cf_error *other);

/* Adds to the end of its last line. */
void cf_error_append(struct cf_error *err, const char *text);

/* Puts "where: " ahead of the sentence in *err. Returns the code it holds, 0 where err is NULL. */
int cf_error_prefix(struct cf_error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds the sentence of `more` to *err as a line of its own: for readers that report every mistake at once. */
void cf_error_add(struct cf_error *err, const struct cf_error *more);

/* The word for a code in journals and JSON: "failed", "stale"… Never NULL. */
const char *cf_code_name(int code);

/* The process's exit status for a code: 0 done, 1 failed, 2 wrong usage, 3 policy error, 4 back end
 * unavailable. */
int cf_exit_status(int code);

#endif
