/*
 * The interface between the engine and whatever runs policies' scripts.
 *
 * Downwards (struct cf_policy_host_ops): the engine loads policies, begins runs, resumes and cancels them. It
 * knows no script language. Upwards (cf_policy_*, cf_task_*): what scripts may ask of the engine; a file of
 * bindings calls these. One thread; the engine calls no op inside an op, except that `cancel` may come inside
 * unload.
 *
 * A *task* is a policy's function at work for one session (or for none); a *run* is from its start to its
 * return. In the middle of a run the script asks for one thing at a time by a cf_task_… call, then lets go;
 * the engine calls resume() with the result. That call never comes from inside the cf_task_… call.
 */
#ifndef CF_ENGINE_POLICY_HOST_H
#define CF_ENGINE_POLICY_HOST_H

#include "backend/backend.h"
#include "session/registry.h"
#include "session/selector.h"
#include "time/loop.h"

#include <jansson.h>

struct cf_engine;
struct cf_policy; /* one entry of the configuration, loaded */
struct cf_condition;
struct cf_task;

/* How a call into a run ended. */
enum cf_step {
    CF_STEP_WAITING, /* it asked for something */
    CF_STEP_RETURNED,
    CF_STEP_FAILED, /* *err says what and where */
};

/* What a run is resumed with: the outcome of the one thing it asked for. */
struct cf_result {
    int code;            /* CF_OK, or why not; then the script gets nil, message */
    bool truth;          /* waits: the condition came true (not: the time ran out) */
    bool delivered;      /* warn */
    const char *message; /* borrowed; NULL where done */
    uint64_t notice;     /* warn: its id */
};

struct cf_policy_host; /* the implementation's own */

struct cf_policy_host_ops {
    const char *name;

    struct cf_policy_host *(*create)(void);
    void (*destroy)(struct cf_policy_host *host);

    /*
     * Reads and runs the policy's file, which declares its watches and reads its options. CF_POLICY with file
     * and line. *ret_script is the implementation's own.
     */
    int (*load)(struct cf_policy_host *host, struct cf_policy *policy, void **ret_script,
                struct cf_error *err);
    void (*unload)(void *script);

    /* Begins a run of the function `function` (as the script gave it to cf_policy_watch). *ret_run is for
     * resume and cancel; it is the implementation's to free once the run returned, failed or was cancelled.
     */
    enum cf_step (*begin)(void *script, uint64_t function, struct cf_task *task, void **ret_run,
                          struct cf_error *err);
    enum cf_step (*resume)(void *run, const struct cf_result *result, struct cf_error *err);

    /* Ends a waiting run: <close> variables are closed. */
    void (*cancel)(void *run);

    /*
     * Asks the condition `function`, which the run gave to cf_task_wait, once, and notes in *condition what
     * it looks at; the run itself does not go on. 0 or 1: whether it holds; CF_POLICY: it failed.
     */
    int (*evaluate)(void *run, uint64_t function, struct cf_condition *condition, struct cf_error *err);

    /* Such a function is not asked any more. May come inside another op. */
    void (*release)(void *script, uint64_t function);

    /* Bytes that the engine holds for the run, which waits, count with its policy's memory until they are
     * given back, maybe inside another op. CF_POLICY: they are too many. Both NULL: they do not count. */
    int (*hold)(void *run, size_t bytes, struct cf_error *err);
    void (*give_back)(void *script, size_t bytes);
};

/* ---- What a script may ask while it loads ---- */

const char *cf_policy_name(const struct cf_policy *policy);
const char *cf_policy_path(const struct cf_policy *policy);

/* Whether it may load this file, which others must not be able to write where that matters: 0 or CF_REFUSED.
 */
int cf_policy_trusts(const struct cf_policy *policy, const char *path, struct cf_error *err);

/* What its administrator should put right, though it loads: a line in the log, at warning. */
void cf_policy_warn(const struct cf_policy *policy, const char *text);

struct cf_engine *cf_policy_engine(const struct cf_policy *policy);

/* The folder of the policies that come with curfew, or NULL. */
const char *cf_engine_policy_folder(const struct cf_engine *engine);

/*
 * Declares an option, an object taken over: "option" (its name), "type" (span, number, text, truth), "list",
 * "default", "least", "most", "never", "empty", "help"; spans as text. False: one of that name is declared
 * already. One that is configured and not declared is a mistake.
 */
bool cf_policy_declare(struct cf_policy *policy, json_t *option);

/* Says what is wrong with its entry, while it loads; the policy then does not, once all of it was told. */
void cf_policy_mistake(struct cf_policy *policy, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* What its entry sets, an object of options. */
const json_t *cf_policy_configured(const struct cf_policy *policy);

/* The configured value of an option, NULL where none is configured. */
const json_t *cf_policy_option(const struct cf_policy *policy, const char *name);

/* What its entry has it tell: an object of texts by those that they replace, and, by language, of such
 * objects. NULL: nothing. */
const json_t *cf_policy_texts(const struct cf_policy *policy);

/* The policy has texts by language: each session's is asked for as it comes. */
void cf_policy_translates(struct cf_policy *policy);

/* A task for each session that `selector` (whose ownership passes) selects. `function` is the script's own
 * name. */
void cf_policy_watch(struct cf_policy *policy, struct cf_selector *selector, uint64_t function);

/* sessions.protect: `function` may answer by cf_task_answer; then no policy ends or warns the session. */
void cf_policy_protect(struct cf_policy *policy, struct cf_selector *selector, struct cf_span at_most,
                       uint64_t function);

enum cf_policy_event {
    CF_EVENT_OF_LOGON,
    CF_EVENT_OF_LOGOFF,
    CF_EVENT_OF_LOCK,
    CF_EVENT_OF_UNLOCK,
    CF_EVENT_OF_DISCONNECT,
    CF_EVENT_OF_RECONNECT,
    CF_POLICY_EVENTS
};

/* A run of `function` for each session to which it happens; not for those that are there when the engine
 * starts. */
void cf_policy_on(struct cf_policy *policy, enum cf_policy_event event, uint64_t function);

/* A run of `function` each `span`, or at each time of an appointment such as "Mon-Fri 19:00" (CF_USAGE),
 * which is kept up to `late` (unknown: some minutes) after its time. */
void cf_policy_every(struct cf_policy *policy, struct cf_span span, uint64_t function);
int cf_policy_at(struct cf_policy *policy, const char *appointment, struct cf_span late, uint64_t function,
                 struct cf_error *err);

/* A run of `function` at the start of each window of a calendar, or up to `late` after it (unknown: while the
 * window lasts), and at once where one is open. Takes a reference. */
struct cf_calendar;
void cf_policy_at_windows(struct cf_policy *policy, struct cf_calendar *calendar, struct cf_span late,
                          uint64_t function);

/* Refuses further logons to the host, with this text for those refused; NULL: allows them again. Journalled
 * where it changes anything. CF_POLICY: it refuses too often. */
int cf_policy_refuse_logons(struct cf_policy *policy, const char *text, struct cf_error *err);

/* The policy has made this calendar of days off, to which a reference is taken: its files are read again when
 * they change, and people can be shown its days. */
void cf_policy_keep_calendar(struct cf_policy *policy, struct cf_calendar *calendar);

/* ---- What a script may read at any time ---- */

struct cf_loop *cf_engine_loop(const struct cf_engine *engine);
const struct cf_zone *cf_engine_zone(const struct cf_engine *engine);
const char *cf_engine_host_name(const struct cf_engine *engine);

/* NULL once it has ended. */
const struct cf_session *cf_engine_session(const struct cf_engine *engine, cf_session_key key);

/* What the session's user reads, such as "pt_BR", by its record or else (and for key 0) by the configuration.
 * NULL: nobody knows. */
const char *cf_engine_language(const struct cf_engine *engine, cf_session_key key);

/* Whether the host tells the field only where it is asked, by cf_task_read. */
bool cf_engine_samples(const struct cf_engine *engine, enum cf_field field);

#define CF_LOAD_MOST cf_minutes(10)

/*
 * Processor cores that the session used on average over the last `over` or a little more (at most
 * CF_LOAD_MOST), by readings of CF_FIELD_CPU; false where there is none from so long ago, or none at all.
 * Once this was asked, such a reading is taken that long before a wait of the session is over.
 */
bool cf_engine_load(struct cf_engine *engine, cf_session_key key, struct cf_span over, double *ret_cores);

size_t cf_engine_session_count(const struct cf_engine *engine);

/* As cf_registry_next. */
cf_session_key cf_engine_next_session(const struct cf_engine *engine, cf_session_key after);

/* ---- What a run may ask: one at a time; resume() follows ---- */

const char *cf_task_policy_name(const struct cf_task *task);
cf_session_key cf_task_session(const struct cf_task *task); /* 0: none */

enum cf_wait_kind {
    CF_WAIT_UNTIL,       /* `until`, monotonic */
    CF_WAIT_APPOINTMENT, /* `appointment`, wall clock */
    CF_WAIT_IDLE,        /* `session` is known to be idle for at least `span`; becomes a ground of the run */
    CF_WAIT_LIFE,   /* a sign of life of `session` since the run's last CF_WAIT_IDLE (its start, without one);
                     * truth says whether it came by `until` */
    CF_WAIT_ANSWER, /* `notice` is answered with yes by `until`: truth */
    CF_WAIT_GROUND, /* `function` holds now, and is a ground of the run; if not, or once not any more, the run
                     * ends
                     */
    CF_WAIT_CONDITION, /* `function` holds: truth, and a ground of the run; or `until` (unknown: for ever) has
                          come */
};

struct cf_wait {
    enum cf_wait_kind kind;
    int line; /* of the script, for `why` and the journal */
    cf_session_key session;
    struct cf_mono until;
    union { /* by kind */
        struct cf_span span;
        struct cf_instant appointment;
        uint64_t notice;
        uint64_t function; /* as it is to be given to evaluate() and release() */
    };
};

void cf_task_wait(struct cf_task *task, const struct cf_wait *wait);

/* The run has read the time on the wall: where that is set, it starts afresh. */
void cf_task_rests_on_wall(struct cf_task *task);

struct cf_warning {
    const char *text;         /* in the user's words; "{left}" stands for the announced span */
    const char *language;     /* in which the engine prints that when it shows the notice; NULL: English */
    const char *title;        /* may be NULL */
    const char *ask;          /* a button's label, or NULL */
    struct cf_span left;      /* until what it announces; unknown where it announces no time */
    bool without_consequence; /* `tell`: no notice, no claim that anybody was warned */
    int line;
};

/*
 * Shows a notice; result: notice and delivered. A task shows one notice at a time a session; the next
 * replaces it. A session shows one at a time, too, the soonest end: where another task's ends sooner, this
 * one is not delivered now, and is shown when it is first.
 */
void cf_task_warn(struct cf_task *task, cf_session_key session, const struct cf_warning *warning);

/* Takes a notice back. Does not wait: no resume follows. Unknown ids are fine. */
void cf_task_close_notice(struct cf_task *task, uint64_t notice);

/* LOCK, DISCONNECT or LOGOFF through the action pipeline. `reason` for people. Result: done, or why not. */
void cf_task_act(struct cf_task *task, enum cf_action_kind kind, cf_session_key session, const char *reason,
                 bool unwarned, int line);

/* Reads fields of a session afresh; they are in its record when the run is resumed. Result: done, or why not.
 */
void cf_task_read(struct cf_task *task, cf_session_key session, uint64_t fields);

/* Where the host was asked less than a second ago what the user reads, waits for the rest of that second at
 * most, and is true. Result: done, whether it is known or not. */
bool cf_task_await_language(struct cf_task *task, cf_session_key session);

/*
 * Whether the field of the session's record is as it is now, for a script in the middle of a turn: told by
 * the host, or read in this turn. Where not, cf_task_look reads it (and keeps what else was read in this turn
 * as fresh), and the turn goes on; result: done, or why not, and then it is unknown.
 */
bool cf_task_knows(const struct cf_task *task, cf_session_key session, enum cf_field field);
void cf_task_look(struct cf_task *task, cf_session_key session, enum cf_field field);

/* The script has seen the value, or that it is not known. Of IDLE, its source, and OUTPUT: it may rest on it,
 * and what comes later refutes it. */
void cf_task_looked(struct cf_task *task, cf_session_key session, enum cf_field field, bool known);

/* Drops the grounds gathered so far, and the mark for signs of life moves to now. Does not wait. */
void cf_task_forget(struct cf_task *task);

/* A veto's run says why; the first answer counts. Other runs have nothing to answer. */
void cf_task_answer(struct cf_task *task, const char *reason);

/* It read what nobody knows: unless it says why by itself, this is why. The first counts. */
void cf_task_unknown(struct cf_task *task, const char *reason);

/* Whether it is of no session's watch, but of an event or a time. Their number has no bound but memory. */
bool cf_task_is_detached(const struct cf_task *task);

/* Whether the run is a veto's, which may wait for readings and for nothing else. */
bool cf_task_is_veto(const struct cf_task *task);

/* A line of the script's own in the log, with the policy's name; of CF_LOG_LINES a minute (log_limit.h). */
void cf_policy_log(struct cf_policy *policy, const char *text);

/* What the policy keeps, as cf_store_get and cf_store_put (store.h). */
const json_t *cf_policy_stored(const struct cf_policy *policy, const char *key);
int cf_policy_store(const struct cf_policy *policy, const char *key, json_t *value, struct cf_error *err);
size_t cf_policy_store_memory(const struct cf_policy *policy); /* bytes that all it keeps takes */

#endif
