/*
 * What one evaluation of a condition looked at, kept in a form in which C can look again: as long as no
 * outcome recorded here differs, the condition's own does not either, and no script has to run.
 *
 * A *term* is a time value that moves, or is made of such: how it comes about, so that its value at any later
 * instant follows, rounded just as the script's arithmetic rounds. A *test* compares two terms. A *read* says
 * which fields of which session were looked at. The arrays grow once and are used again and again.
 */
#ifndef CF_ENGINE_CONDITION_H
#define CF_ENGINE_CONDITION_H

#include "calendar/calendar.h"
#include "session/registry.h"

struct cf_engine;

enum {
    CF_CONDITION_SIZE = 4096, /* terms, tests and reads of one condition, of each */
    CF_CONDITION_FEW = 2, /* terms, with a test and a read: what wait_idle needs, in the condition itself */
};

#define CF_TIME_REACH (INT64_C(1) << 60) /* µs: how far apart instants can be told to be */

enum cf_term_kind {
    CF_TERM_CONSTANT, /* us */
    CF_TERM_NOW,      /* the wall clock */
    CF_TERM_SINCE,    /* a span of a session that grows: fields of CF_TYPE_SINCE */
    CF_TERM_SUM,      /* a + b */
    CF_TERM_LESS,     /* a - b, where b is a span */
    CF_TERM_BETWEEN,  /* a - b, both instants */
    CF_TERM_SCALED,   /* a × factor */
    CF_TERM_CONTAINS, /* 1 where the calendar holds a, else 0 */
    CF_TERM_STARTS,   /* cf_calendar_starts(a) */
    CF_TERM_ENDS,     /* cf_calendar_ends(a) */
};

struct cf_term {
    uint8_t kind;  /* enum cf_term_kind */
    uint8_t field; /* SINCE */
    uint16_t a, b;
    union {
        double factor;
        cf_session_key session;
        struct cf_calendar *calendar; /* a reference */
    };
    int64_t us;   /* at the last look */
    double slope; /* by how much it grows in a microsecond */
    double pull;  /* for cf_condition_could_change: by how much, if the span in question were longer by 1 */
};

enum cf_test_kind { CF_TEST_LESS, CF_TEST_LESS_OR_EQUAL };

struct cf_test {
    uint16_t left, right; /* terms */
    uint8_t kind;         /* enum cf_test_kind */
    bool outcome;
};

struct cf_read {
    cf_session_key session; /* 0: the list of sessions, and those fields of whichever */
    uint64_t fields;        /* any change of these counts */
    uint64_t moving;        /* these are in terms, so that it can be seen what a change comes to */
};

/* Zeroed is one that nobody evaluated. */
struct cf_condition {
    struct cf_mono now; /* of the last look, the same for all it looked at */
    struct cf_instant wall;
    struct cf_term *terms;
    struct cf_test *tests;
    struct cf_read *reads;
    uint16_t term_count, test_count, read_count, term_room, test_room, read_room;
    bool holds;   /* what the last evaluation came to */
    bool tainted; /* it read something unknown, so that it does not hold */
    bool rounds;  /* some term is a fraction of another */
    bool fresh;   /* what was read has not changed since, as far as is known */
    struct cf_term
        few_terms[CF_CONDITION_FEW]; /* the arrays, until that is too little; so it must not be moved */
    struct cf_read few_reads[1];
    struct cf_test few_tests[1];
};

void cf_condition_finish(struct cf_condition *condition);
size_t cf_condition_size(const struct cf_condition *condition); /* bytes that it takes, itself included */

/* ---- While it is evaluated ----
 * Terms go by number; negative: the condition is too large. */

void cf_condition_begin(struct cf_condition *condition, const struct cf_engine *engine);
void cf_condition_end(struct cf_condition *condition, bool holds);

/* Notes that these fields were read as they are; false: it is too large. An unknown value is the caller's to
 * taint. */
bool cf_condition_read(struct cf_condition *condition, cf_session_key session, uint64_t fields);

int cf_condition_constant(struct cf_condition *condition, int64_t us);
int cf_condition_now(struct cf_condition *condition);

/* Whether this span of the session is known and grows. If so, it may be read as a term. */
bool cf_condition_grows(const struct cf_session *session, enum cf_field field);
int cf_condition_since(struct cf_condition *condition, const struct cf_engine *engine, cf_session_key session,
                       enum cf_field field);

/* SUM, LESS and BETWEEN; SCALED; STARTS and ENDS. */
int cf_condition_combine(struct cf_condition *condition, enum cf_term_kind kind, int a, int b);
int cf_condition_scale(struct cf_condition *condition, int a, double factor);
int cf_condition_ask(struct cf_condition *condition, enum cf_term_kind kind, struct cf_calendar *calendar,
                     int a);

/* These compare, and note it: 0 or 1. */
int cf_condition_test(struct cf_condition *condition, enum cf_test_kind kind, int left, int right);
int cf_condition_contains(struct cf_condition *condition, struct cf_calendar *calendar, int a);

/* ---- Afterwards ---- */

/* Looks at everything as it is now: how many outcomes differ. Any makes it no longer fresh. */
unsigned cf_condition_look(struct cf_condition *condition, const struct cf_engine *engine);

/* Whether a change of these fields concerns it, where `listed` says that the session came or went: -1 if not,
 * else how many recorded facts differ; 0: to be seen by a look. */
int cf_condition_changed(struct cf_condition *condition, cf_session_key session, uint64_t fields,
                         bool listed);

/*
 * After a look or an evaluation: when it must be looked at again if nothing happens to any session; unknown:
 * never. That is the first microsecond at which an outcome differs; or sooner, where that takes several looks
 * to find. (Two rounded values that move alike are taken to differ for ever as they do now.)
 */
struct cf_mono cf_condition_turn(struct cf_condition *condition, const struct cf_engine *engine);

/*
 * Which of these spans of the session (bits of IDLE, OUTPUT), were they to begin anew at some moment before
 * the next turn, could make an outcome differ. What such a thing could only make the same sooner or later, as
 * input does to `idle >= limit` that does not hold, is not among them.
 */
uint64_t cf_condition_could_change(struct cf_condition *condition, cf_session_key session, uint64_t fields);

/* The fields of the session that it read; those of any session, where it read the list of them. */
uint64_t cf_condition_fields(const struct cf_condition *condition, cf_session_key session);

#endif
