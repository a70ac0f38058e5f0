/*
 * The journal: every decision, with what it rests on. The engine writes entries into a sink; which (JSON
 * lines, a timeline for people, a list for tests; later a database) is the program's choice.
 */
#ifndef CF_ENGINE_JOURNAL_H
#define CF_ENGINE_JOURNAL_H

#include "base/json.h"
#include "session/session.h"
#include "time/loop.h"

enum cf_what {
    CF_WHAT_WARN,     /* a notice was shown, or would have been */
    CF_WHAT_WITHDRAW, /* a notice was taken back */
    CF_WHAT_ANSWER,   /* its question was answered */
    CF_WHAT_TELL,
    CF_WHAT_LOCK,
    CF_WHAT_DISCONNECT,
    CF_WHAT_LOGOFF,  /* a session is being ended; its outcome is an entry of its own with the same `decision`
                      */
    CF_WHAT_FORCE,   /* it hung and was forced */
    CF_WHAT_ENDED,   /* it has gone: outcome of LOGOFF or FORCE */
    CF_WHAT_REFUSED, /* a policy asked and curfew did not: reason */
    CF_WHAT_VETOED,  /* a veto (later) */
    CF_WHAT_FAILED,  /* a run failed, or an action did */
    CF_WHAT_DOOR,    /* logons to the host are refused, or allowed again */
    CF_WHAT_RESTART, /* every run started afresh: resume, clock step… */
    CF_WHAT_EXTEND,  /* the user asked to stay, and may */
    CF_WHAT_PAUSE,   /* somebody lets a policy rest, or all */
    CF_WHAT_RESUME,  /* … no longer */
    CF_WHAT_HELD,    /* a policy rests: it was about to end more than its share of all sessions */
    CF_WHAT_SKIPPED, /* an appointment of a policy was missed by too much */
    CF_WHAT_DOUBT,   /* what a session's idle time is read from is not to be relied on */
    CF_WHAT_UNREACHED, /* no warning has reached a session for long */
    CF_WHAT_SENT,      /* a warning went another way than on the screen */
    CF_WHAT_COUNT
};

const char *cf_what_name(enum cf_what what);
int cf_what_by_name(const char *name); /* -1: none */

/* Whether such an entry's text is what the user reads, and no reason. */
bool cf_what_is_told(enum cf_what what);

struct cf_entry {
    uint64_t number;   /* 1, 2, 3… within a journal */
    uint64_t decision; /* entries that belong together: a logoff and its outcome */
    struct cf_instant at;
    struct cf_mono at_mono;
    enum cf_what what;
    bool dry;                         /* would have been */
    int code;                         /* REFUSED, FAILED: why, as enum cf_code */
    const char *policy;               /* NULL: the engine itself */
    int line;                         /* in the policy's file; 0: unknown */
    const struct cf_session *session; /* NULL: none in particular */
    struct cf_span idle;              /* the reading it rests on; zero or unknown: none */
    const char *text;   /* what the user reads (cf_what_is_told), else the reason, or what failed */
    const char *reason; /* of what the user reads; NULL: nobody knows, or the text is the reason */
    bool unwarned;      /* LOGOFF: its user was not warned, and that was allowed */
    bool in_use;     /* LOGOFF: there was input after the last warning, and the run asks for none of that */
    bool by_command; /* somebody's word, and no decision of the engine's: not in its metrics */
    bool by_user; /* … the word of the session's own user: the first to go where the journal is too large */
    const char *revision; /* of the configuration in force; NULL: it has none */
    bool verdict; /* the engine's about the policy, so that no flood of the policy's own loses it; not kept */
};

/* Told once that an entry is kept (CF_OK) or could not be (negative): an action goes on only after that. */
typedef void cf_journal_kept(void *context, int code);

/* A sink. write() takes an entry, borrowed for the call, and calls `kept` (unless NULL) later, never inside.
 */
struct cf_journal {
    void *data;
    void (*write)(void *data, const struct cf_entry *entry, cf_journal_kept *kept, void *context);
};

/* For sinks that keep an entry at once: says so in the loop's next turn. The owner embeds it. */
struct cf_kept_item {
    cf_journal_kept *kept;
    void *context;
};

struct cf_journal_queue {
    struct cf_loop *loop;
    struct cf_timer timer;
    struct cf_kept_item *items;
    size_t count;
};

void cf_journal_queue_init(struct cf_journal_queue *queue, struct cf_loop *loop);
void cf_journal_queue_finish(struct cf_journal_queue *queue); /* whoever still waits is not told */
void cf_journal_queue_push(struct cf_journal_queue *queue, cf_journal_kept *kept, void *context);

/* The reason of an entry, wherever it stands; NULL: none. */
const char *cf_entry_reason(const struct cf_entry *entry);

/* As JSON: docs/journal.md tells its fields. The order of keys is fixed; times are UTC to the microsecond,
 * spans are seconds. The caller's. */
json_t *cf_entry_json(const struct cf_entry *entry);

#endif
