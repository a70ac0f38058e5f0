/* A policy's function at work, for one session or for none. */
#ifndef CF_ENGINE_TASK_H
#define CF_ENGINE_TASK_H

#include "base/hash.h"
#include "engine/policy.h"
#include "engine/readings/reading.h"

#define CF_PARKED_PACE cf_minutes(10) /* how often a parked task looks for a sign of life */
#define CF_TURN        CF_SECOND      /* how long what a script has read in one turn counts as of that turn */

struct cf_action;
struct cf_countdown;
struct cf_interest;
struct cf_notice;
struct cf_session_state;
struct cf_schedule;
struct cf_veto;
struct cf_veto_clock;

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
    CF_TASK_QUEUED,     /* waits for a place among a minute's logoffs: pace.c */
};

/* A task's place among the logoffs of a minute: pace.c. */
struct cf_place {
    struct cf_task *previous, *next; /* in its policy's queue */
    bool queued;
    struct cf_span ahead; /* how long before its logoff it warns */
    struct cf_mono due;   /* when its logoff would have come, … */
    bool quiet;           /* … unless there was a sign of life, … */
    bool confirmed;       /* … which there was not, as a reading has shown */
    uint64_t call;        /* the one that this run follows, 0: none; … */
    int64_t called_for;   /* … and for which minute */
};

enum cf_task_kind {
    CF_TASK_OF_SESSION, /* of a watch; begins again and again */
    CF_TASK_ONCE,       /* runs once: for an event, at a time */
    CF_TASK_VETO,       /* runs once and answers a veto query */
};

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

/*
 * What the files that see to parts of a run (its wait, its notices, its action) tell the task, which stands
 * above them. Any of these but `called`, `changed` and `answered` may end the run, and with it whatever told.
 */
struct cf_task_sink {
    void (*done)(struct cf_task *task, const struct cf_result *result);
    void (*fail)(struct cf_task *task, const struct cf_error *err); /* its script can do nothing about it */
    int (*account)(struct cf_task *task, struct cf_error *err);     /* cf_account */
    void (*end_run)(struct cf_task *task, const char *why); /* the next begins as soon as the pace allows */
    void (*park)(struct cf_task *task);
    void (*queue)(struct cf_task *task, struct cf_span ahead); /* cf_pace_queue */
    void (*called)(struct cf_task *task); /* from the queue: there is a place for its logoff */
    void (*put_off)(struct cf_task *task, const char *why); /* the next begins after the stay */
    /* Quietly: `veto` holds the session. Begins afresh once it lifts. */
    void (*spare)(struct cf_task *task, cf_session_key session, const struct cf_veto *veto,
                  const char *reason);
    void (*changed)(struct cf_task *task);  /* what it shows to users */
    void (*answered)(struct cf_task *task); /* a notice of it */
};

struct cf_task {
    const struct cf_task_sink *sink;
    struct cf_engine *engine;
    struct cf_policy *policy;
    const struct cf_watch *watch; /* of session tasks */
    uint64_t function;            /* the script's */
    cf_session_key session;       /* 0: none */
    struct cf_task *next, *prev;  /* of the same session, or, both ways, among the detached ones */
    struct cf_task *next_detached, *prev_detached; /* among those of the same session, until that goes */
    const struct cf_schedule *schedule;            /* of what runs once at a time, … */
    struct cf_instant due;                         /* … and at which; NULL: of none */
    struct cf_timer timer;
    struct cf_reader reader;
    void *run; /* the policy host's; NULL: none under way */
    struct cf_mono started, life_mark, last_turn;
    uint32_t held;              /* bytes that count with its policy's memory: account.c */
    uint16_t ground_count;      /* CF_GROUNDS at most */
    uint16_t turns;             /* since time last passed */
    uint64_t turn_moment;       /* of its last turn: what was read since is fresh for the script */
    enum cf_task_kind kind : 8; /* these are small: there are many tasks */
    enum cf_task_state state : 8;
    bool waited : 1;
    bool on_wall : 1;     /* the run read, or waited for, the time on the wall */
    bool reading : 1;     /* waits for a field that the script reads, which is no wait of its own */
    bool sampling : 1;    /* the timer fires early, to take a sample of the load */
    bool settled : 1;     /* the timer of its countdown is set for its grounds as they are */
    bool counts_down : 1; /* under a condition of its own, warned or not */
    bool wants_quiet : 1; /* the run has waited for its session to be idle, or for activity */
    bool rehearsal : 1;   /* of a veto: nobody has asked */
    bool doubts : 1;      /* of a veto: its answer is only that it read something unknown */
    struct cf_wait wait;
    struct cf_ground awaited;  /* by a wait that becomes a ground */
    struct cf_mono turn;       /* when that may come true, by what is known */
    uint64_t confirming;       /* the moment since which: what was read later is fresh; 0: not at all */
    struct cf_viewer *viewers; /* at other sessions */
    struct cf_result result;
    char *result_message;
    struct cf_action *action;
    struct cf_ground *grounds;
    struct cf_countdown *countdown;    /* NULL until it first warns */
    struct cf_interest *interests;     /* in the input of sessions, while it may change what is waited for */
    struct cf_look *looks;             /* by session */
    struct cf_notice *notices;         /* of this run, one for each session that it warned */
    struct cf_veto_query *query;       /* vetoed: asks the vetoes again; NULL: not now */
    cf_session_key vetoed;             /* whose veto holds the task; 0: none */
    struct cf_veto_clock *veto_clocks; /* of vetoes that hold it, and may not for ever */
    struct cf_place *place;            /* NULL until it is queued for one */
    char *answer;                      /* of a veto: its reason */
    union {                            /* of a veto */
        struct cf_veto_query *answers_to;
        struct cf_veto *rehearses;
    };
};

/* Looks whether the tasks of this session are the ones that should be, and starts, or ends, what differs,
 * where any of these fields may decide that; ~0: whatever it is. */
void cf_tasks_match(struct cf_session_state *state, uint64_t fields);
void cf_tasks_changed(struct cf_session_state *state, uint64_t fields); /* the session changed */
void cf_tasks_restart(struct cf_session_state *state, bool on_wall); /* on_wall: only those that rest on it */

void cf_task_init(struct cf_task *task, struct cf_policy *policy, uint64_t function, cf_session_key session);
void cf_task_start(struct cf_task *task);                   /* a run, in a turn of its own */
void cf_task_start_soon(struct cf_task *task);              /* as soon as the pace allows */
void cf_task_cancel(struct cf_task *task, const char *why); /* the run ends; why, for those who were warned */
void cf_task_begin_turn(struct cf_task *task);              /* of its script */
void cf_task_destroy(struct cf_task *task);                 /* taken off its state */
void cf_tasks_end(struct cf_session_state *state);

/* The script's one thing is done: it is resumed in the loop's next turn. The message is copied. */
void cf_task_done(struct cf_task *task, const struct cf_result *result);

/* Begins a task of its own, which destroys itself when its one run is over. */
struct cf_task *cf_detached_start(struct cf_policy *policy, enum cf_task_kind kind, uint64_t function,
                                  cf_session_key session);
void cf_detached_destroy(struct cf_task *task);
/* Ends those that run once: of a policy (NULL: of any); of a session that goes. */
void cf_detached_end(struct cf_engine *engine, const struct cf_policy *policy);
void cf_detached_session_gone(struct cf_session_state *state);
void cf_detached_restart(struct cf_engine *engine, bool on_wall);

#endif
