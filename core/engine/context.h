/* The engine's own state and that of each session, as far as its parts share them.
 *
 * A *state* is the engine's side of one session: its tasks, the reading under way, and the action that is
 * ending it. It hangs in the registry's slot and goes with the session.
 */
#ifndef CF_ENGINE_CONTEXT_H
#define CF_ENGINE_CONTEXT_H

#include "backend/calls.h"
#include "base/hash.h"
#include "base/log.h"
#include "engine/engine.h"
#include "engine/records/meters.h"

#define CF_ACTION_LIMIT cf_seconds(20) /* for one request that acts */
#define CF_LATE         cf_minutes(5)  /* a deadline missed by more: everything starts afresh */

struct cf_action;
struct cf_hook;
struct cf_notice;
struct cf_session_state;
struct cf_notice_queue;
struct cf_task;
struct cf_veto;
struct cf_view;

/* The record of a session that has gone, for as long as tasks of its logoff look at it. */
struct cf_departed {
    cf_session_key key;
    struct cf_session session;
    unsigned tasks;
    UT_hash_handle hh; /* by key */
};

/*
 * Where fields come from. Each source has readings of its own: what hangs keeps nobody waiting for anything
 * else. The directory is a server's, language is in the memory of the user's own processes.
 */
enum cf_source { CF_SOURCE_DIRECTORY, CF_SOURCE_LANGUAGE, CF_SOURCE_HOST, CF_SOURCES };

struct cf_session_state {
    struct cf_engine *engine;
    cf_session_key key;
    struct cf_task *tasks;
    struct cf_task *detached;         /* about this session, the newest first */
    enum cf_tri locked, disconnected; /* as the last event left them */
    struct cf_action *ending;         /* the logoff that is decided, or under way */
    struct cf_action *logoffs;        /* all that were decided, and whose outcome is still awaited */
    struct cf_notice_queue *queue;    /* NULL until somebody is warned */
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
    uint64_t told;            /* of the sampled fields those whose next change the host tells */
    struct cf_input *input;   /* NULL until somebody waits for it */
    struct cf_doubt *doubt;   /* NULL until there is some, once */
    struct cf_cpu_load *load; /* a ring, NULL until the first sample */
};

/* What the parts tell the engine, which stands above them and puts it into effect elsewhere. */
struct cf_engine_sink {
    void (*held_up)(struct cf_engine *engine, const char *reason); /* everything is to start afresh */
    void (*cpu_read)(struct cf_session_state *state);              /* processor time was read */
    void (*load_window)(struct cf_engine *engine);                 /* it is longer than before */
    void (*rest)(struct cf_engine *engine);                        /* others of its policies do */
    struct cf_task *(*ask_veto)(struct cf_policy *policy, uint64_t function, cf_session_key session);
    void (*end_detached)(struct cf_task *task);       /* its one run is over */
    bool (*lets_go)(const struct cf_task *task);      /* of a time too long ago to begin afresh for */
    void (*announces_less)(struct cf_policy *policy); /* a warning was taken back */

    /* A logoff that waits is not to be: its policy may not end so many. */
    void (*refuse)(struct cf_action *action, int code, const char *why);

    /* Of a session's screen, for actions that show its notices. */
    void (*show_again)(struct cf_notice *notice); /* by an action that its run does not wait for */
    void (*show)(struct cf_action *action);       /* it is its turn */
    void (*put_back)(struct cf_action *action, int code, const char *message); /* it is not */
    void (*drop)(struct cf_action *action); /* its notice is closed, or says something else */
};

struct cf_engine {
    const struct cf_engine_sink *sink;
    struct cf_engine_setup setup;
    const struct cf_config *config;
    struct cf_loop *loop;
    struct cf_backend *backend;
    const struct cf_capabilities *can;
    uint64_t sampled;            /* the fields that the host tells of only when asked, … */
    uint64_t tellable;           /* … and of those the ones whose next change it can tell */
    struct cf_input_pace *paces; /* NULL until input is waited for */
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
    uint64_t moments;          /* so far: turns of scripts and readings that were asked for, in their order */
    struct cf_action *actions; /* all under way */
    struct cf_notice *noticed; /* every notice, by id */
    struct cf_notice_queue *queues; /* those on which something stands, by its id */
    uint64_t renewals;              /* of interests */
    struct cf_hook *hooks[CF_POLICY_EVENTS];
    struct cf_veto *unrehearsed;
    struct cf_view *views, *list_views; /* views.c: what tasks look at beside their own sessions */
    uint64_t view_updates;
    struct cf_task *detached;
    struct cf_departed *departed;
    struct cf_backoff *backoffs; /* of sessions that no warning reaches */
    struct cf_pace *pace;        /* NULL until the first warning of a logoff */
    struct cf_pause *pauses;
    struct cf_timer pause_over, reminder;
    struct cf_allowance *allowances; /* by uid */
    struct cf_meters meters;
    struct cf_logon_refusal {
        const struct cf_policy *by; /* the last that began to refuse logons */
        char *text;          /* with which the host was asked last to refuse them; NULL: to allow them */
        bool asking;         /* it has not answered yet, … */
        bool failed;         /* … or could not, and is asked `again` */
        struct cf_span wait; /* before that, the next time */
        struct cf_timer again;
    } logon_refusal;
    bool ready, closing;
    void (*on_host)(void *data, const struct cf_error *err);
    void *on_host_data;
    struct cf_engine_counts counts;
};

struct cf_session_state *cf_session_state_of(const struct cf_engine *engine,
                                             cf_session_key key); /* NULL: gone */

/* Tells of the session what somebody may have to see to, in the journal and in the log. */
void cf_session_state_report(const struct cf_session_state *state, enum cf_what what, enum cf_log_level level,
                             const char *text);

/* Whether the user gave a sign of life after the mark; where there was none yet, any is one. */
bool cf_life_since(const struct cf_engine *engine, cf_session_key key, struct cf_mono mark);

/* Keeps the record of a session that goes. */
struct cf_departed *cf_departed_keep(struct cf_engine *engine, cf_session_key key);
/* A detached task of a session that has gone is over. */
void cf_departed_release(struct cf_engine *engine, cf_session_key key);

#endif
