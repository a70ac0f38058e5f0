/*
 * The engine: policies at work on a host's sessions. Data flows one way: back end → registry → task → action
 * pipeline → back end.
 */
#ifndef CF_ENGINE_ENGINE_H
#define CF_ENGINE_ENGINE_H

#include "backend/backend.h"
#include "backend/calls.h"
#include "engine/config/config.h"
#include "engine/policy_host.h"
#include "engine/records/journal.h"
#include "engine/records/store.h"
#include "session/registry.h"

struct cf_engine;

struct cf_engine_setup {
    struct cf_loop *loop;
    const struct cf_backend_ops *backend; /* NULL: policies are loaded, nothing is opened: for `check` */
    const void *backend_setup;
    const struct cf_policy_host_ops *policy_host;
    const struct cf_config *config;     /* borrowed until destroy */
    const struct cf_journal *journal;   /* borrowed until destroy */
    uint64_t last_entry, last_decision; /* of the journal so far: numbers go on behind them */
    const struct cf_zone *zone;         /* the host's own, in which policies' hours are meant */
    struct cf_store *store;    /* borrowed until destroy; NULL: in memory, for as long as the engine lives */
    const char *policy_folder; /* of the policies that come with curfew; borrowed; may be NULL */
    /* Told whenever a script was asked whether the condition that its run waits for, at `line`, holds. NULL:
     * nobody is. */
    void (*asked)(void *data, int line, bool holds);
    void *asked_data;
};

/* Loads every policy, then opens the back end; nothing starts unless all load. CF_POLICY or CF_UNAVAILABLE.
 */
int cf_engine_create(const struct cf_engine_setup *setup, struct cf_engine **ret_engine,
                     struct cf_error *err);

/* Cancels every run without a trace in the journal, closes the back end. NULL is fine. Run the loop
 * afterwards. */
void cf_engine_destroy(struct cf_engine *engine);

/* Adds a policy to a running engine and starts its tasks. *config is borrowed until destroy. For tests. */
int cf_engine_add_policy(struct cf_engine *engine, const struct cf_policy_config *config,
                         struct cf_error *err);

/* The options that a policy declared, as cf_policy_declare has them; NULL: there is no such policy. */
const json_t *cf_engine_options(const struct cf_engine *engine, const char *policy);

/* The calendar of days off number `index` that policies have made while they were loaded, and whose it is;
 * NULL: there are no more. */
const struct cf_calendar *cf_engine_calendar(const struct cf_engine *engine, size_t index,
                                             const char **ret_policy);

/* Why the policy number `policy` can touch nobody that it selects, as the configuration protects whoever fits
 * its selectors; NULL: it can. */
const char *cf_engine_out_of_reach(const struct cf_engine *engine, size_t policy);

/* Some of them hold other days than before: every run starts afresh, journalled with `reason`. */
void cf_engine_calendars_changed(struct cf_engine *engine, const char *reason);

/* The selector of the watch or veto number `index` of all policies, and whose it is (may be NULL); NULL:
 * there are no more. */
const struct cf_selector *cf_engine_selector(const struct cf_engine *engine, size_t index,
                                             const char **ret_policy);

/*
 * Puts another configuration in force, which is borrowed from then on in place of the old one: its policies
 * are loaded first, and where one does not load (CF_POLICY), nothing changes. Runs start afresh; actions that
 * the host was asked for are seen through; what policies have stored stays.
 */
int cf_engine_reload(struct cf_engine *engine, const struct cf_config *config, struct cf_error *err);

/* The host's own zone, or what is known of others, is another one from now on: all policies are loaded again,
 * as by cf_engine_reload. `reason` for the journal. */
int cf_engine_set_zone(struct cf_engine *engine, const struct cf_zone *zone, const char *reason,
                       struct cf_error *err);

/* Keeps a warning about the configuration in force, for `status`; a reload forgets them. */
enum { CF_ENGINE_WARNINGS = 100 };
void cf_engine_warn(struct cf_engine *engine, const char *text);

/* The name of the policy number `policy`; NULL: there are no more. */
const char *cf_engine_policy_name(const struct cf_engine *engine, size_t policy);

/* How many sessions the policy number `policy` selects now; returns an object (the caller's), by the reason,
 * of those that it cannot touch: { "the console is protected": 2 }. */
json_t *cf_engine_protected(const struct cf_engine *engine, size_t policy, size_t *ret_sessions);

/* Starts every run afresh, warnings included: after a resume, a clock step, a pause. Journalled with
 * `reason`. */
void cf_engine_restart(struct cf_engine *engine, const char *reason);

/*
 * Lets a policy (NULL: all) rest for that long (unknown: until resumed): it ends and warns nobody, and what
 * it had begun is taken back. What it protects stays protected. `why` tells who said so. CF_USAGE: there is
 * no such policy.
 */
int cf_engine_pause(struct cf_engine *engine, const char *policy, struct cf_span how_long, const char *why,
                    struct cf_error *err);

/* Ends a policy's pause, or every one (NULL), those included in which the engine holds a policy for its share
 * of all sessions; its runs start afresh. CF_USAGE: nothing to resume. */
int cf_engine_resume(struct cf_engine *engine, const char *policy, const char *why, struct cf_error *err);

/* Borrowed. The title may be NULL. */
struct cf_engine_message {
    const char *title, *text;
    struct cf_span shown_for; /* unknown: for as long as the host likes */
};

/* What a policy at work on a session makes of its user's `stay`. */
struct cf_stay_told {
    const char *policy; /* NULL: somebody who has announced a logoff by a command, and now does not do it */
    struct cf_span granted; /* leaves the session alone for so long from now on; zero: does not */
    bool counts;            /* this `stay` is a sign of life */
    bool anew;              /* goes by signs of life, and begins anew */
    bool spent;             /* has granted all that its entry's `stay` allows in a day */
    struct cf_span left;    /* until the logoff that it has announced all the same; unknown: announced none */
};

/*
 * The user of a session puts its logoff off, for as long as they want (unknown: as long as they may). `tell`
 * is told what comes of it, each policy at work on the session. Whether it still counts as a sign of life
 * goes by what was last read (cf_engine_read). CF_GONE; CF_REFUSED: it is being logged off.
 */
int cf_engine_stay(struct cf_engine *engine, cf_session_key key, struct cf_span wanted,
                   void (*tell)(void *data, const struct cf_stay_told *told), void *data,
                   struct cf_error *err);

/* Reads what the host does not tell by itself of a session that is there: then, once and never in this call,
 * `done`, with CF_OK, or CF_GONE, CF_TIMEOUT and the like. Where the engine ends before, with CF_GONE. */
void cf_engine_read(struct cf_engine *engine, cf_session_key key, void (*done)(void *data, int code),
                    void *data);

/*
 * Shows a message in a session that is there, beside whatever a policy shows. Once and never in this call,
 * `done` says whether it was delivered; returns what cf_engine_tell_forget wants where nobody is to be told
 * any more. Where the engine ends before, nobody is.
 */
uint64_t cf_engine_tell(struct cf_engine *engine, cf_session_key key, const struct cf_engine_message *message,
                        cf_call_done *done, void *data);
void cf_engine_tell_forget(struct cf_engine *engine, uint64_t id);

/* Journals *entry, whose number and time are filled in. `kept` (may be NULL) comes later, once. */
void cf_engine_write(struct cf_engine *engine, struct cf_entry *entry, cf_journal_kept *kept, void *context);

/*
 * Journals what somebody does to a session by a command: WARN, and LOGOFF right before it, whose outcome
 * follows when it shows; TELL, DISCONNECT, LOCK once they are done; FAILED and WITHDRAW, which close what was
 * begun. `text` NULL: its own user did it, of whom a fixed sentence is journalled, and only so often
 * (CF_USERS_ROWS). CF_GONE; CF_REFUSED: it is a LOGOFF whose WARN was answered by `stay`.
 */
int cf_engine_note(struct cf_engine *engine, cf_session_key key, enum cf_what what, const char *text,
                   struct cf_error *err);

/*
 * An engine before this one asked for that logoff of a session that is there: its end is journalled when the
 * session is seen to end. False: it may still fail, since the session is not closing.
 */
bool cf_engine_await_end(struct cf_engine *engine, cf_session_key key, const struct cf_entry *logoff);

/*
 * Whether the user's last sign of life was more than a `stay`; false: since when it was not, and until when
 * (limits.stay) a further one counts.
 */
bool cf_engine_shows_life(const struct cf_engine *engine, cf_session_key key, struct cf_mono *ret_since,
                          struct cf_mono *ret_until);

const struct cf_registry *cf_engine_registry(const struct cf_engine *engine);
struct cf_backend *cf_engine_backend(const struct cf_engine *engine);

/* Called after ready changed, or the host was lost (err) or came back (NULL). Optional. */
void cf_engine_on_host(struct cf_engine *engine, void (*fn)(void *data, const struct cf_error *err),
                       void *data);

/* What was done so far, for metrics and for tests that nothing polls. */
struct cf_engine_counts {
    uint64_t starts;        /* runs begun */
    uint64_t resumes;       /* of scripts */
    uint64_t confirmations; /* due waits that asked for a fresh reading */
    uint64_t evaluations;   /* of conditions by scripts */
    uint64_t flips;         /* recorded outcomes and facts of conditions that differed when looked at */
    uint64_t visits;        /* of what policies hang on events, to see whether this event concerns it */
    uint64_t refreshes;     /* readings asked of the back end, … */
    uint64_t looks;         /* … of them those of fields that scripts read by themselves */
    uint64_t watches;       /* times that the host was asked to tell of a session's next input */
    uint64_t samples;       /* readings at a pace, where the host cannot tell */
    uint64_t failed;        /* runs and actions */
};

const struct cf_engine_counts *cf_engine_counts(const struct cf_engine *engine);

#endif
