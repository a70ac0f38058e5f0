/*
 * Spans: lengths of time, signed 64-bit microseconds, a type of their own so that the compiler keeps them
 * apart from bare numbers and from instants.
 */
#ifndef CF_TIME_SPAN_H
#define CF_TIME_SPAN_H

#include "base/error.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cf_span {
    int64_t us;
};

/* "Nobody knows", for spans and instants of every kind. */
#define CF_UNKNOWN_US INT64_MIN

#define CF_SECOND ((struct cf_span){1000000})
#define CF_MINUTE ((struct cf_span){60 * INT64_C(1000000)})
#define CF_HOUR   ((struct cf_span){3600 * INT64_C(1000000)})
#define CF_DAY    ((struct cf_span){86400 * INT64_C(1000000)})

enum { CF_SPAN_TEXT = 96 }; /* room for any span in words */

static inline struct cf_span cf_seconds(int64_t n)
{
    return (struct cf_span){n * 1000000};
}

static inline struct cf_span cf_minutes(int64_t n)
{
    return (struct cf_span){n * 60000000};
}

static inline bool cf_span_known(struct cf_span span)
{
    return span.us != CF_UNKNOWN_US;
}

/* Twice as long, but `most` at most: until the next try of what has failed again. */
static inline struct cf_span cf_span_doubled(struct cf_span span, struct cf_span most)
{
    return span.us < most.us / 2 ? (struct cf_span){span.us * 2} : most;
}

/*
 * Reads "30m", "1h30m", "90 s", "2 hours 5 minutes", "1.5h", "-5m": numbers each with a unit (us, ms, s, m,
 * h, d, w or their English words). A bare number is an error that asks for its unit. At most 1000 years.
 * Returns 0 or CF_USAGE with a sentence that quotes the text.
 */
int cf_span_parse(const char *text, struct cf_span *ret_span, struct cf_error *err);

/*
 * Writes the span in words, largest unit first, at most two neighbouring units that are not zero, exact where
 * it has no more than those: "5 minutes", "1 hour 30 minutes", "1 second", "0 seconds", "2 days 1 hour", "1.5
 * seconds", "an unknown time", and, of INT64_MAX, "never". Rounds towards zero. Returns out.
 */
const char *cf_span_words(struct cf_span span, char out[CF_SPAN_TEXT]);

/* The same in a language such as "pt_BR": "1 hora e 30 minutos", "1,5 segundo". English where it is NULL or
 * not known here; Portuguese is known. */
const char *cf_span_words_in(struct cf_span span, const char *language, char out[CF_SPAN_TEXT]);

/* Writes the span exactly and briefly, as cf_span_parse reads it back: "1h30m", "25m", "90s" is "1m30s",
 * "0s". */
const char *cf_span_brief(struct cf_span span, char out[CF_SPAN_TEXT]);

#endif
