/*
 * What the engine's files share, and nobody else sees.
 *
 * A *presence* is the engine's side of one session: its tasks, the reading under way, and the action that is
 * ending it. It hangs in the registry's slot and goes with the session.
 */
#ifndef CF_ENGINE_INTERNAL_H
#define CF_ENGINE_INTERNAL_H

#include "backend/calls.h"
#include "calendar/appointment.h"
#include "calendar/calendar.h"
#include "engine/engine.h"
#include "engine/records/metrics.h"
#include "engine/runs/input.h"

#include <uthash.h>

#define CF_READING_LIMIT  cf_seconds(10) /* for one reading */
#define CF_EARLY_PACE     CF_MINUTE      /* until what did not become known is asked for again; doubles … */
#define CF_EARLY_LONGEST  cf_minutes(60) /* … up to this */
#define CF_LANGUAGE_LIMIT CF_SECOND      /* for a warning to wait for its language, from its being asked on */
#define CF_ACTION_LIMIT   cf_seconds(20) /* for one request that acts */
#define CF_START_PACE     CF_MINUTE      /* a task starts at most once in this time */
#define CF_READING_RETRY  CF_MINUTE      /* after a reading that failed */
#define CF_VETO_PACE      CF_MINUTE      /* how often a veto that holds is asked again */
#define CF_VETO_LIMIT     cf_seconds(10) /* for a veto to answer; later is a veto */
#define CF_PARKED_PACE    cf_minutes(10) /* how often a parked task looks for a sign of life */
#define CF_LATE           cf_minutes(5)  /* a deadline missed by more: everything starts afresh */
#define CF_PATIENCE       cf_seconds(5)  /* how long a logoff may wait for its warning to be old enough */
#define CF_USERS_ROWS     20             /* of one user's own requests that are journalled at once, … */
#define CF_USERS_ROW      cf_minutes(3)  /* … and then one in so long */
#define CF_ANNOUNCED_LATE cf_minutes(5)  /* how far past its announced end a warning still counts */
#define CF_APPOINTMENT_LATE                                                                                  \
    cf_minutes(5)                      /* how late clock.at keeps an appointment, unless it says otherwise */
#define CF_SHARE_WINDOW cf_minutes(10) /* in which limits.share counts */
#define CF_TURN         CF_SECOND /* how long what a script has read in one turn counts as of that turn */

enum {
    CF_FAILURES_IN_A_ROW = 3,     /* of a policy's runs, then it is set aside */
    CF_GROUNDS = 1000,            /* that one run may rest on, then it fails */
    CF_TURNS_WITHOUT_TIME = 1000, /* resumes of one run in which no time passes, then it fails */
};

struct cf_watch {
    struct cf_policy *policy;
    struct cf_selector *selector;
    uint64_t function;
    struct cf_watch *next;
};

/* sessions.protect: the function answers with a reason, or not at all. */
struct cf_veto {
    struct cf_policy *policy;
    struct cf_selector *selector;
    uint64_t function;
    struct cf_span at_most; /* how long it may hold one task; unknown: for ever */
    struct cf_veto *next;
};

/* sessions.on. */
struct cf_hook {
    enum cf_policy_event event;
    uint64_t function;
    struct cf_hook *next;
};

/* clock.every and clock.at. */
struct cf_schedule {
    struct cf_policy *policy;
    uint64_t function;
    struct cf_span every;         /* unknown: by appointment */
    struct cf_calendar *calendar; /* each start of its windows; NULL: by appointment */
    struct cf_appointment appointment;
    struct cf_span late;     /* how late it may be kept; unknown: of a calendar, while the window lasts */
    struct cf_instant after; /* the next one is the first after this time */
    struct cf_timer timer;
    struct cf_schedule *next;
};

/* The record of a session that has gone, for as long as tasks of its logoff look at it. */
struct cf_departed {
    cf_session_key key;
    struct cf_session session;
    unsigned tasks;
    UT_hash_handle hh; /* by key */
};

/* By whom, or why, until when: CF_NEVER: until somebody says `resume`. */
struct cf_pause {
    char *policy; /* NULL: all */
    char *why;
    bool held; /* by the guard of limits.share */
    struct cf_instant until;
    struct cf_pause *next;
};

/* What failed, for who asks later. */
struct cf_failure {
    struct cf_instant at;
    char *policy, *text;
};

/* The logoffs of the last minute, a ring. */
struct cf_pace {
    int64_t *taken; /* monotonic times */
    size_t size, place;
};

struct cf_policy {
    struct cf_engine *engine;
    const struct cf_policy_config *config;
    void *script;
    struct cf_watch *watches, **watches_end;
    struct cf_veto *vetoes, **vetoes_end;
    struct cf_hook *hooks, **hooks_end;
    struct cf_schedule *schedules;
    struct cf_kept_calendar *calendars, **calendars_end;
    json_t *options;          /* declared: cf_policy_declare */
    struct cf_error mistakes; /* while it loads */
    unsigned failures;        /* runs in a row */
    bool translates;          /* has texts in several languages */
    bool set_aside;
    bool rehearsed;             /* its vetoes were asked once, … */
    struct cf_timer rehearsing; /* … and may take so long */
    bool refuses_logons;
    bool resting;               /* paused, or held: ends and warns nobody */
    bool held;                  /* by the guard of limits.share, until somebody says `resume` */
    struct cf_mono freed_until; /* by a resume: its share is not looked at */
    struct cf_ending *endings;  /* share.c: its logoffs that wait, or were let go lately */
    size_t waiting;             /* of these */
    struct cf_mono looked;      /* whether they may go; unknown: never */
    struct cf_timer look;
    struct cf_policy_voice {
        struct cf_mono since; /* when its minute began */
        unsigned lines;       /* of its log, in that minute */
        struct cf_timer over; /* set while lines are left out */
    } voice;
};

/* Somebody who waits for a fresh reading; embedded in whoever waits. */
struct cf_reader {
    void (*done)(void *data, int code, const char *message);
    void *data;
    struct cf_reader *next;
    struct cf_presence *presence; /* NULL: waits for none */
    uint64_t rest;                /* fields that are read next, since they come from elsewhere */
};

/*
 * Where fields come from. Each source has readings of its own: what hangs keeps nobody waiting for anything
 * else. The directory is a server's, language is in the memory of the user's own processes.
 */
enum cf_source { CF_SOURCE_DIRECTORY, CF_SOURCE_LANGUAGE, CF_SOURCE_HOST, CF_SOURCES };

/* Its fields. */
uint64_t cf_source_fields(enum cf_source source);

/* One source's readings of one session, one after another. */
struct cf_reading {
    struct cf_presence *presence;
    uint64_t call, fields; /* the one under way, 0: none */
    struct cf_mono asked;
    uint64_t asked_at;                        /* its moment: see cf_engine.moments */
    uint64_t read, read_fields;               /* the same of the last one that came; and what it read */
    struct cf_reader *readers, *next_readers; /* of this one; of the next one */
    uint64_t next_fields;
};

/* What is asked for as a session comes, and again after a while where it did not become known. */
struct cf_early {
    struct cf_presence *presence;
    enum cf_source source;
    uint64_t fields;
    struct cf_reader reader;
    struct cf_timer again;
    struct cf_span pace;
};

/* Processor time used so far, as read at some moment. */
struct cf_load {
    struct cf_mono at;
    int64_t used_us;
};

enum { CF_LOAD_SAMPLES = 16 };

/* What a session's user sees. */
struct cf_screen {
    struct cf_notice *open;  /* what is to be seen; newest first */
    struct cf_notice *shown; /* whose warning stands there; NULL: nobody's any more */
    uint64_t id;             /* of that warning, 0: none */
    bool withdrawable;
    struct cf_act *showing; /* is on its way there */
    struct cf_timer settle;
};

struct cf_presence {
    struct cf_engine *engine;
    cf_session_key key;
    struct cf_task *tasks;
    struct cf_task *detached;         /* about this session, the newest first */
    enum cf_tri locked, disconnected; /* as the last event left them */
    struct cf_act *ending;            /* the logoff that is decided, or under way */
    struct cf_screen screen;
    struct cf_stay *stays;
    struct cf_end *ends;    /* that may still come */
    struct cf_mono vouched; /* the first `stay` since anything else has shown life; unknown: none */
    uint64_t by_hand;       /* the decision of somebody who is ending it by a command; 0: nobody */
    uint64_t announced;     /* the decision of somebody who has warned it of that; 0: nobody */
    bool by_hand_users, announced_users; /* whether that is its own user: nobody else goes by their word */
    bool stays_by_hand;                  /* its user has said `stay` to what was announced */
    bool gone;                           /* the registry has just told so */
    unsigned load_count;                 /* of all samples that were ever kept */
    struct cf_reading *readings[CF_SOURCES]; /* each NULL until it is asked for */
    struct cf_early *early[CF_SOURCES];      /* each NULL: nothing is asked for */
    struct cf_input *input;                  /* NULL until somebody waits for it */
    struct cf_load *load;                    /* a ring, NULL until the first sample */
};

enum cf_task_state {
    CF_TASK_RESTING,    /* no run; the timer, if set, begins one */
    CF_TASK_STARTING,   /* the timer begins a run in this very turn */
    CF_TASK_RUNNING,    /* its script runs */
    CF_TASK_WAITING,    /* for a deadline or a change */
    CF_TASK_CONFIRMING, /* a due wait has asked for a fresh reading */
    CF_TASK_ACTING,     /* in the action pipeline */
    CF_TASK_READY,      /* the result is there; the timer resumes the script in this very turn */
    CF_TASK_PARKED,     /* dry run: waits for a sign of life */
    CF_TASK_SPARED,     /* a veto holds it; the timer asks again */
};

/* What a run waits for, and what must still be true when it acts. */
struct cf_ground {
    cf_session_key session;
    struct cf_span idle;            /* without a function: it is known to be idle for at least this */
    uint64_t function;              /* the script's condition, 0: none */
    struct cf_condition *condition; /* NULL: the session only has to be read once more, for the next ground */
    uint64_t changed;               /* fields of its session that have, since it was last seen to hold */
    struct cf_mono until;           /* it holds until then, unless something changes; 0: to be looked at */
    bool others_changed;            /* … and whether other sessions have, come or gone */
};

/* What a script has read by itself of how long nobody touched a session. */
struct cf_look {
    cf_session_key session;
    struct cf_mono input, output; /* the last ones then */
    bool at_output;               /* it has looked at the output, too */
    bool before_warning;          /* it has looked at the input before it warned anybody there */
    bool unknown;                 /* it saw that nobody knows whether the session is in use */
    UT_hash_handle hh;
};

/* While a run has warned somebody: its grounds are looked at whenever they may not hold any more. */
struct cf_countdown {
    struct cf_task *task;
    struct cf_timer timer;
    struct cf_reader reader;
    uint64_t confirming; /* the moment since which: what was read later is fresh; 0: not at all */
    bool settled;        /* its timer is set for its grounds as they are */
};

struct cf_words {
    char *text, *title, *ask, *language; /* text: with its {left}; the others may be NULL */
};

/* What a run shows on one session's screen: one warning at a time, the next takes its place. */
struct cf_notice {
    struct cf_notice *next;   /* of the run, for another session */
    struct cf_notice *behind; /* of the session: the one opened before */
    struct cf_task *task;
    cf_session_key session;
    uint64_t id, answered; /* of the last warning; of the last one that was answered with yes, 0: none */
    struct cf_words words;
    int line;
    struct cf_mono ends, promised; /* as announced; as last delivered; unknown: no time */
    struct cf_mono life;           /* the last sign of it when the run first warned */
    struct cf_mono told_at;        /* when it was last delivered */
    struct cf_mono since;          /* on the screen since; unknown: it is not, … */
    struct cf_span seen;           /* … and how long before; unknown: never */
    struct cf_act *act;            /* is to show it; NULL: none */
    bool ready;                    /* the act only waits for its turn */
    bool open;                     /* is on the screen, or waits behind another */
    bool told;                     /* the user relies on it */
    bool missed;                   /* was to be shown, and reached nobody */
};

enum cf_task_kind {
    CF_TASK_OF_SESSION, /* of a watch; begins again and again */
    CF_TASK_ONCE,       /* runs once: for an event, at a time */
    CF_TASK_VETO,       /* runs once and answers an inquiry */
};

/* The question whether any veto holds a session, put to one veto after another; embedded in whoever asks. */
struct cf_inquiry {
    struct cf_engine *engine;
    struct cf_task *asker, *asked; /* asked: the veto's task, NULL while none is asked */
    cf_session_key session;
    size_t policy;              /* of those asked, … */
    const struct cf_veto *veto; /* … and its veto; NULL: its first comes next */
    struct cf_timer limit;
    void (*done)(void *data, const struct cf_veto *veto, const char *reason);
    void *data;
};

struct cf_task {
    struct cf_engine *engine;
    struct cf_policy *policy;
    const struct cf_watch *watch; /* of session tasks */
    uint64_t function;            /* the script's */
    cf_session_key session;       /* 0: none */
    struct cf_task *next, *prev;  /* of the same session, or, both ways, among the detached ones */
    struct cf_task *next_detached, *prev_detached; /* among those of the same session, until that goes */
    enum cf_task_kind kind;
    enum cf_task_state state;
    const struct cf_schedule *schedule; /* of what runs once at a time, … */
    struct cf_instant due;              /* … and at which; NULL: of none */
    struct cf_timer timer;
    struct cf_reader reader;
    void *run; /* the policy host's; NULL: none under way */
    struct cf_mono started, life_mark, last_turn;
    unsigned turns;       /* since time last passed */
    uint64_t turn_moment; /* of its last turn: what was read since is fresh for the script */
    bool waited;
    bool on_wall;     /* the run read, or waited for, the time on the wall */
    bool reading;     /* waits for a field that the script reads, which is no wait of its own */
    bool sampling;    /* the timer fires early, to take a sample of the load */
    bool counts_down; /* under a condition of its own, warned or not */
    bool wants_quiet; /* the run has waited for its session to be idle, or for activity */
    bool doubts;      /* of a veto: its answer is only that it read something unknown */
    struct cf_wait wait;
    struct cf_ground awaited; /* by a wait that becomes a ground */
    struct cf_mono turn;      /* when that may come true, by what is known */
    uint64_t confirming;      /* the moment since which: what was read later is fresh; 0: not at all */
    struct cf_task *next_looker,
        **looker_place; /* among those who look at other sessions; NULL: none of them */
    struct cf_result result;
    char *result_message;
    struct cf_act *act;
    struct cf_ground *grounds;
    struct cf_countdown *countdown; /* NULL until it first warns */
    struct cf_interest *interests;  /* in the input of sessions, while it may change what is waited for */
    struct cf_look *looks;          /* by session */
    struct cf_notice *notices;      /* of this run, one for each session that it warned */
    unsigned ground_count;
    struct cf_inquiry *inquiry;        /* spared: asks the vetoes again; NULL: not now */
    cf_session_key spared;             /* whose veto holds the task; 0: none */
    struct cf_veto_clock *veto_clocks; /* of vetoes that hold it, and may not for ever */
    char *answer;                      /* of a veto: its reason */
    struct cf_inquiry *answers_to;     /* of a veto */
};

struct cf_engine {
    struct cf_engine_setup setup;
    const struct cf_config *config;
    struct cf_loop *loop;
    struct cf_backend *backend;
    const struct cf_capabilities *can;
    uint64_t sampled;  /* the fields that the host tells of only when asked, … */
    uint64_t tellable; /* … and of those the ones whose next change it can tell */
    struct cf_input_pace paces[CF_INPUT_PACES];
    struct cf_calls *calls;
    struct cf_registry *registry;
    struct cf_policy_host *policy_host;
    struct cf_store *store;
    json_t *warnings; /* cf_engine_warn: of the configuration in force */
    struct cf_policy **policies;
    size_t policy_count;
    struct cf_span
        load_window; /* how far back vetoes look at processor time; 0: they do not, as far as is known */
    uint64_t match_fields; /* what deciding about tasks looks at */
    bool translates;       /* a policy does */
    uint64_t entries, decisions, notices;
    uint64_t moments;        /* so far: turns of scripts and readings that were asked for, in their order */
    struct cf_act *acts;     /* all under way */
    struct cf_task *lookers; /* whose conditions look at more than what tasks of their session are told of */
    struct cf_task *detached;
    struct cf_departed *departed;
    struct cf_pace pace;
    struct cf_pause *pauses;
    struct cf_timer pause_over, reminder;
    struct cf_allowance *allowances; /* by uid */
    struct cf_meter *meters;
    struct cf_failure failures[CF_ERRORS_KEPT]; /* a ring */
    size_t failure_count;                       /* of all there ever were */
    bool ready, closing;
    void (*on_host)(void *data, const struct cf_error *err);
    void *on_host_data;
    struct cf_engine_counts counts;
};

/* ---- policy.c ---- */

int cf_policy_load(struct cf_engine *engine, const struct cf_policy_config *config,
                   struct cf_policy **ret_policy, struct cf_error *err);
void cf_policy_destroy(struct cf_policy *policy); /* its tasks are gone already */
enum cf_mode cf_policy_mode(const struct cf_policy *policy);

/* Whether the policy, by its entry and this watch, means this session: unknown never selects, always excepts.
 */
bool cf_watch_means(const struct cf_watch *watch, const struct cf_session *session);
uint64_t cf_policy_fields(const struct cf_policy *policy);

/* ---- guards.c ---- */

/* NULL, or why the configuration protects the session: "root is protected". */
const char *cf_guard(const struct cf_config *config, const struct cf_session *session);
uint64_t cf_guard_fields(const struct cf_config *config);

/* ---- pace.c ---- */

/* A turn for one more logoff, now or later, in the order of asking; false: it would come too late. */
bool cf_pace_take(struct cf_engine *engine, struct cf_mono *ret_turn);
void cf_pace_finish(struct cf_engine *engine);

/* ---- share.c ---- */

/* Whether the logoff may go ahead by its policy's share. False: it waits, and its timer fires once it may; or
 * it may not, and *ret_why says why. */
bool cf_share_ask(struct cf_act *act, const char **ret_why);
void cf_share_leave(struct cf_act *act);         /* it waits no longer; fine where it does not */
void cf_share_changed(struct cf_policy *policy); /* what it has announced has been taken back */
void cf_share_finish(struct cf_policy *policy);

/* ---- metrics.c ---- */

void cf_meters_note(struct cf_engine *engine, const struct cf_entry *entry);
void cf_meters_finish(struct cf_engine *engine);

/* ---- pauses.c ---- */

void cf_pauses_init(struct cf_engine *engine); /* from the store */
void cf_pauses_finish(struct cf_engine *engine);
void cf_pauses_apply(struct cf_engine *engine);                        /* sets which policies rest */
void cf_pauses_clock_set(struct cf_engine *engine, struct cf_span by); /* a pause is as long as it was said */
/* It rests until somebody says `resume`: so many of its logoffs have come due within ten minutes, and it may
 * end `most` of all. */
void cf_policy_hold(struct cf_policy *policy, size_t due, size_t most, size_t all);

/* ---- allowance.c ---- */

/* Whether one more row of the journal may tell of what the session's own user has asked for; takes it. */
bool cf_allowance_take(struct cf_engine *engine, const struct cf_session *session);
void cf_allowances_finish(struct cf_engine *engine);

/* ---- hands.c ---- */

bool cf_hands_stay(struct cf_presence *presence); /* its user asked to stay: whether that changed anything */
void cf_hands_session_gone(const struct cf_presence *presence);

/* ---- ends.c ---- */

/*
 * A logoff that is over for us may end the session yet: when it does, the decision's outcome is journalled.
 * That is its doing where the session was closing by now, or where it ends within limits.ends. `policy` is
 * NULL for a command's.
 */
void cf_ends_await(struct cf_presence *presence, uint64_t decision, const char *policy, int line);
void cf_ends_session_gone(const struct cf_presence *presence);
void cf_ends_finish(struct cf_presence *presence);

/* ---- stays.c ---- */

/* Until when the policy leaves the session alone; unknown: it does not. */
struct cf_mono cf_stay_until(const struct cf_presence *presence, const char *policy);

/* Until when a `stay` counts as a sign of life, which nothing but `stay` has given since *ret_since; unknown:
 * something else has. */
struct cf_mono cf_stay_vouches(const struct cf_presence *presence, struct cf_mono *ret_since);
void cf_stays_finish(struct cf_presence *presence);

/* ---- early.c ---- */

/* Asks for what deciding about tasks needs and the host does not tell by itself (groups, say), but for
 * `known`, and for the language where a policy has translations. Fine to call again. */
void cf_early_begin(struct cf_presence *presence, uint64_t known);
void cf_early_language(struct cf_presence *presence); /* asks now, unless it is known or being asked for */
struct cf_mono cf_early_language_due(
    const struct cf_presence *presence); /* until when a warning waits for it; unknown: it does not */
void cf_early_end(struct cf_presence *presence);

/* ---- reading.c ---- */

/* Asks for a reading taken now or later; readers of the same instant share one. `done` comes later, once. */
void cf_reading_ask(struct cf_presence *presence, uint64_t fields, struct cf_reader *reader);
void cf_reading_join(struct cf_presence *presence, enum cf_source source,
                     struct cf_reader *reader);  /* the one under way, however old */
void cf_reader_cancel(struct cf_reader *reader); /* fine where it waits for none */
void cf_reading_refresh(struct cf_presence *presence,
                        uint64_t fields); /* for the record: nobody waits for it */

/* What of the field's source was read since that moment. */
uint64_t cf_reading_since(const struct cf_presence *presence, enum cf_field field, uint64_t since);

/* What was read, or told, as of that moment. */
void cf_reading_note(struct cf_presence *presence, uint64_t moment, uint64_t fields);

/* Whether these fields of the record are as they are now: told as they change, or read at `since` or later.
 */
bool cf_reading_is_fresh(const struct cf_presence *presence, uint64_t fields, uint64_t since);

/* Whether the host's answer is about this session, by host and id; what another birth means, the registry
 * knows. */
bool cf_reading_is_about(const struct cf_presence *presence, const struct cf_session *answered);

/* The session goes: readers are told CF_GONE, in this very call. */
void cf_readings_end(struct cf_presence *presence);
void cf_readings_finish(struct cf_presence *presence);

/* ---- load.c ---- */

/* A fresh reading of the processor time used by the session. */
void cf_load_note(struct cf_presence *presence, int64_t used_us);

/* How long before its end, which is so far away, a wait of the task takes a sample; 0: it takes none. */
struct cf_span cf_load_ahead(const struct cf_task *task, int64_t left_us);
void cf_load_sample(struct cf_presence *presence);

/* ---- task.c ---- */

/* Looks whether the tasks of this session are the ones that should be, and starts, or ends, what differs. */
void cf_tasks_match(struct cf_presence *presence);
void cf_tasks_changed(struct cf_presence *presence, uint64_t fields); /* the session changed */
void cf_tasks_afresh(struct cf_presence *presence, bool on_wall); /* on_wall: only those that rest on it */

void cf_task_init(struct cf_task *task, struct cf_policy *policy, uint64_t function, cf_session_key session);
void cf_task_start(struct cf_task *task);                   /* a run, in a turn of its own */
void cf_task_start_soon(struct cf_task *task);              /* as soon as the pace allows */
void cf_task_cancel(struct cf_task *task, const char *why); /* the run ends; why, for those who were warned */
void cf_task_begin_turn(struct cf_task *task);              /* of its script */
void cf_task_destroy(struct cf_task *task);                 /* taken off its presence */
void cf_tasks_end(struct cf_presence *presence, const struct cf_policy *policy); /* NULL: of every policy */

/* The script's one thing is done: it is resumed in the loop's next turn. The message is copied. */
void cf_task_done(struct cf_task *task, const struct cf_result *result);
void cf_task_fail(struct cf_task *task, const struct cf_error *err); /* its script can do nothing about it */
void cf_task_park(struct cf_task *task);
void cf_task_put_off(struct cf_task *task,
                     const char *why); /* the run ends; the next begins after the stay */
const char *cf_task_policy_name(const struct cf_task *task);
void cf_task_end_run(struct cf_task *task, const char *why); /* the next begins as soon as the pace allows */

/* The run ends, quietly: `veto` holds the session. Begins afresh once it lifts. */
void cf_task_spare(struct cf_task *task, cf_session_key session, const struct cf_veto *veto,
                   const char *reason);

/* Begins a task of its own, which destroys itself when its one run is over. */
struct cf_task *cf_detached_start(struct cf_policy *policy, enum cf_task_kind kind, uint64_t function,
                                  cf_session_key session);
void cf_detached_destroy(struct cf_task *task);
/* Ends those that run once: of a policy (NULL: of any); of a session that goes. */
void cf_detached_end(struct cf_engine *engine, const struct cf_policy *policy);
void cf_detached_session_gone(struct cf_presence *presence);
void cf_detached_afresh(struct cf_engine *engine, bool on_wall);

/* Those by calendars, which hold other windows now, are armed anew. */
void cf_schedules_calendar_changed(struct cf_policy *policy);

/* calendars.c: lets go of those that the policy has made. */
void cf_calendars_drop(struct cf_policy *policy);
const struct cf_calendar *cf_policy_calendar(const struct cf_policy *policy,
                                             size_t index); /* NULL: no more */

/* ---- vetoes.c ---- */

/*
 * Asks every veto that concerns the session, except those that the asker's entry overrides or whose time is
 * up. `done` comes once: with the veto that holds and its reason, or, in this very call where nobody is to be
 * asked, with NULLs.
 */
void cf_inquiry_begin(struct cf_inquiry *inquiry, struct cf_task *asker, cf_session_key session,
                      void (*done)(void *data, const struct cf_veto *veto, const char *reason), void *data);
void cf_inquiry_cancel(struct cf_inquiry *inquiry); /* fine where it asks nothing */

void cf_veto_clocks_finish(struct cf_task *task);

/*
 * Asks the vetoes of policies that were not asked before about a session that they concern, for what they
 * look at to be known in time: their answers do not count.
 */
void cf_vetoes_rehearse(const struct cf_presence *presence);
bool cf_veto_is_rehearsed(const struct cf_task *task); /* whether it is such a run */

/* A veto's run is over: NULL for no reason. Destroys the task. */
void cf_inquiry_answered(struct cf_task *task, const char *reason);

/* ---- events.c ---- */

void cf_hooks_session(struct cf_presence *presence, enum cf_session_change change, uint64_t fields);

/* A detached task of a session that has gone is over. */
void cf_departed_release(struct cf_engine *engine, cf_session_key key);
const struct cf_session *cf_departed_find(const struct cf_engine *engine, cf_session_key key);

/* ---- schedules.c ---- */

void cf_schedules_destroy(struct cf_policy *policy);

/* The clock on the wall, which showed `was`, was set by more than CF_CLOCK_SMALL, or the host slept. */
void cf_schedules_clock_set(struct cf_policy *policy, struct cf_instant was);

/* Whether a run that was begun for the time `due` is over rather than begun afresh: that is too long ago,
 * which is journalled, or comes again. */
bool cf_schedule_lets_go(const struct cf_schedule *schedule, struct cf_instant due);

/* ---- steps.c ---- */

/* The host's clock was set, or it slept: a cf_clock_listener of the engine. */
void cf_engine_clock_changed(void *engine, enum cf_clock_change change, struct cf_span by);

/* ---- wait.c ---- */

void cf_wait_begin(struct cf_task *task);
void cf_wait_due(struct cf_task *task);       /* the timer fired */
void cf_wait_set_again(struct cf_task *task); /* its timer, where it waits */
void cf_wait_changed(struct cf_task *task);   /* the session changed, or a notice was answered */
void cf_wait_end(struct cf_task *task);       /* of whatever kind, if any */

/* A session, the task's own or another, changed, or where `listed` came or went. */
void cf_condition_waits_changed(struct cf_task *task, cf_session_key session, uint64_t fields, bool listed);
void cf_lookers_changed(struct cf_engine *engine, cf_session_key session, uint64_t fields, bool listed);

/* Whether the task is told of the session's changes because it is its own. */
bool cf_task_is_told(const struct cf_task *task, cf_session_key session);

/* Whether the task is told of every session's changes, as those need whose conditions look at others. */
void cf_lookers_update(struct cf_task *task);

/* Whether the user gave a sign of life after the mark; where there was none yet, any is one. */
bool cf_life_since(const struct cf_engine *engine, cf_session_key key, struct cf_mono mark);

/* Looks for whose input could change what the task waits for. */
void cf_interests_update(struct cf_task *task);

/* A session of which something sampled counts that the condition read, and that is not as it is now. NULL:
 * none. */
struct cf_presence *cf_condition_unread(const struct cf_engine *engine, const struct cf_condition *condition,
                                        uint64_t since, uint64_t *ret_fields);

/* ---- ground.c ---- */

enum { CF_GROUND_TEXT = 120 };

/* Whether the condition holds, asked anew only where what it came to before may not stand; or CF_POLICY. */
int cf_ground_ask(struct cf_task *task, struct cf_ground *ground, struct cf_error *err);
void cf_grounds_forget(struct cf_task *task); /* all of them, and what else the run takes for granted */
void cf_ground_add(struct cf_task *task, const struct cf_ground *ground);
void cf_ground_finish(struct cf_task *task, struct cf_ground *ground);
void cf_grounds_changed(struct cf_task *task, cf_session_key session, uint64_t fields, bool listed);

/* Whether it held when last looked at, nothing has changed since, and its turn has not come. */
bool cf_ground_stands(const struct cf_task *task, const struct cf_ground *ground);

/* By what is known: NULL, or why this ground does not hold. */
const char *cf_ground_fails(struct cf_task *task, struct cf_ground *ground, char text[CF_GROUND_TEXT]);

/* The same for what else the run takes for granted about this session: that nobody has touched it. */
const char *cf_quiet_fails(const struct cf_task *task, cf_session_key session);

/* Since when a sign of life counts for the run, by what it knew of the session. */
struct cf_mono cf_life_mark(const struct cf_task *task, cf_session_key session);
void cf_looks_finish(struct cf_task *task);

/* The sampled fields of the session that its script has looked at and rests on. */
uint64_t cf_task_looked_at(const struct cf_task *task, cf_session_key session);

/* Whether a sign of life of the session ends the run. */
bool cf_task_wants_quiet(const struct cf_task *task, cf_session_key session);

/* Whether the run rests on anything that a fresh reading of this session may show to be otherwise. */
bool cf_task_rests(const struct cf_task *task, cf_session_key session);

/* ---- countdown.c ---- */

/* To be called when the run goes on to wait, has warned, or has taken a warning back. */
void cf_countdown_update(struct cf_task *task);
void cf_countdown_finish(struct cf_task *task);
bool cf_task_has_warned(const struct cf_task *task);  /* and the user still relies on it */
bool cf_task_counts_down(const struct cf_task *task); /* so that its grounds are looked at all the time */

/* ---- notices.c ---- */

struct cf_notice *cf_notice_find(const struct cf_task *task, uint64_t id); /* NULL: none has it */
bool cf_notice_answered(const struct cf_task *task, uint64_t id);

/* Gives the run's notice to this session its next words, which pass to it. */
struct cf_notice *cf_notice_open(struct cf_task *task, cf_session_key session, struct cf_words *words,
                                 struct cf_span left);
void cf_words_finish(struct cf_words *words);

/* What it says at this moment, the caller's; the time left to the second, unknown where it announces none. */
char *cf_notice_text(const struct cf_notice *notice, struct cf_span *ret_left);
void cf_notice_delivered(struct cf_notice *notice);
void cf_notice_failed(struct cf_notice *notice); /* to be delivered */
void cf_notice_pause(struct cf_notice *notice);  /* another takes its place */

/* Whether the user has given a sign of life since the run first warned there (0: wherever it has). */
bool cf_notices_noticed(const struct cf_task *task, cf_session_key session);
bool cf_notices_typed(const struct cf_task *task,
                      cf_session_key session); /* there was input since the last one */
bool cf_notices_warn(const struct cf_task *task, cf_session_key session); /* whether it has */

/* Takes back what the run still shows to those who stay, and forgets all. `why` for the journal; NULL: no
 * entry. */
void cf_notices_close(struct cf_task *task, const char *why);

/* The user pressed the button of a notice: it is answered, and the press a sign of life. */
void cf_notices_answered(struct cf_engine *engine, uint64_t id, bool yes);

/* Whether the session has been disconnected for as long as a warning has to stand: nobody could read one. */
bool cf_disconnected_long(const struct cf_engine *engine, const struct cf_session *session);

/* Whether the session has seen a warning of this run. */
bool cf_notices_seen(const struct cf_task *task, cf_session_key key);

/*
 * NULL, or why the run may not log the session off for want of a warning. Where a little patience will mend
 * that, *ret_until is when; else it is untouched.
 */
const char *cf_notices_lack(const struct cf_task *task, cf_session_key session, struct cf_mono *ret_until);

/* ---- heeds.c ---- */

/* The notice by which the run has warned the session; NULL: none. */
const struct cf_notice *cf_task_announces(const struct cf_task *task, cf_session_key session);

/* What of the session would end the run's way to a logoff, as far as it has come: a sign of life, a
 * reconnect, a yes. */
struct cf_heeds {
    bool activity, reconnect, answer;
};

struct cf_heeds cf_task_heeds(const struct cf_task *task, cf_session_key session);

/* ---- explain_condition.c ---- */

/* [{"text": "idle (12 minutes) >= 25 minutes", "holds": false}…]; fields of `own` go without its id. The
 * caller's. */
json_t *cf_condition_explain(const struct cf_engine *engine, const struct cf_condition *condition,
                             cf_session_key own);

/* What the policy's days off are called, at this moment and when the task's wait for a time ends: ["Christmas
 * Day"]. The caller's. */
json_t *cf_calendars_explain(const struct cf_task *task);

/* ---- reason.c ---- */

/* The text, with each {idle}, {age} or other span of the session as it is at `now`; other braces stay. The
 * caller's. */
char *cf_reason_fill(const char *text, const struct cf_session *session, struct cf_mono now);

/* ---- screen.c ---- */

void cf_screen_add(struct cf_presence *presence, struct cf_notice *notice); /* anew where it is there */
void cf_screen_remove(struct cf_presence *presence, struct cf_notice *notice);
void cf_screen_forget(struct cf_presence *presence, struct cf_notice *notice); /* its text may go, too */

/* Has shown what is to be shown, and all that was ready wait behind it. */
void cf_screen_settle(struct cf_presence *presence);

/* The warning is there; `notice`: NULL where its run is over. */
void cf_screen_shows(struct cf_presence *presence, struct cf_notice *notice, uint64_t id, bool withdrawable);
void cf_screen_answered(struct cf_presence *presence, struct cf_notice *notice, uint64_t id);

void cf_screen_let_go(struct cf_presence *presence, const struct cf_act *act); /* which ends */
void cf_screen_end(struct cf_presence *presence);                              /* the session has gone */

/* ---- pipeline.c ---- */

void cf_act_again(struct cf_notice *notice); /* begins to show it, by an act that its run does not wait for */
void cf_act_show(struct cf_act *act);        /* it is its turn */
void cf_act_put_back(struct cf_act *act, int code, const char *message); /* it is not */
void cf_act_drop(struct cf_act *act); /* its run has no use for it: what was not yet submitted is dropped */
void cf_acts_session_gone(struct cf_engine *engine, cf_session_key key);
void cf_acts_destroy(struct cf_engine *engine);
bool cf_act_is_submitted(const struct cf_act *act);
size_t cf_acts_waiting(const struct cf_engine *engine); /* logoffs that wait for their turn */

/* ---- engine.c ---- */

struct cf_presence *cf_presence_of(const struct cf_engine *engine, cf_session_key key); /* NULL: gone */

#endif
