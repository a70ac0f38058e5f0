/* One configured policy: its options, its watches, whom it means. */
#ifndef CF_ENGINE_POLICY_H
#define CF_ENGINE_POLICY_H

#include "engine/engine.h"
#include "engine/log_limit.h"

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
    struct cf_span at_most;    /* how long it may hold one task; unknown: for ever */
    bool rehearsed;            /* it was asked once, … */
    struct cf_timer rehearsal; /* … and may take so long */
    struct cf_task *rehearses; /* NULL: not now */
    struct cf_veto *next;
    struct cf_veto *next_unrehearsed; /* of all policies' */
};

/* sessions.on. */
struct cf_hook {
    struct cf_policy *policy;
    enum cf_policy_event event;
    uint64_t function;
    struct cf_hook *next;
    struct cf_hook *next_of_event; /* of all policies', in their order */
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
    uint64_t fields;          /* by which it means sessions, and protects them */
    json_t *options;          /* declared: cf_policy_declare */
    struct cf_error mistakes; /* while it loads */
    unsigned failures;        /* runs in a row */
    bool translates;          /* has texts in several languages */
    bool set_aside;
    struct cf_policy_refusal {
        bool spoken;         /* it has refused logons, or allowed them */
        char *text;          /* for those whom it refuses; NULL: nobody */
        struct cf_mono next; /* see allowance.c */
    } refusal;
    struct cf_allowance *actions;    /* of what it asks for sessions, by session */
    bool resting;                    /* paused, or held: ends and warns nobody */
    bool held;                       /* by the guard of limits.share, until somebody says `resume` */
    struct cf_mono freed_until;      /* by a resume: its share is not looked at */
    struct cf_shared_logoff *shared; /* share.c: its logoffs that wait, or were let go lately */
    size_t waiting;                  /* of these */
    struct cf_task *queue;           /* pace.c: those who wait for a place among a minute's logoffs */
    struct cf_mono looked;           /* whether they may go; unknown: never */
    struct cf_timer look;
    struct cf_log_limit log_limit;
};

/* Not loaded yet; may be destroyed all the same. */
struct cf_policy *cf_policy_create(struct cf_engine *engine, const struct cf_policy_config *config);
int cf_policy_load(struct cf_policy *policy, struct cf_error *err); /* err tells all that is wrong with it */
void cf_policy_destroy(
    struct cf_policy *policy); /* its tasks, schedules, calendars and logoffs are gone already */
enum cf_mode cf_policy_mode(const struct cf_policy *policy);

/* Whether the policy, by its entry and this watch, means this session: unknown never selects, always excepts.
 */
bool cf_watch_means(const struct cf_watch *watch, const struct cf_session *session);

/* Whether the veto, by its policy's entry and its own selector, may be for this session: what is unknown is.
 */
bool cf_veto_may_mean(const struct cf_veto *veto, const struct cf_session *session);
uint64_t cf_policy_fields(const struct cf_policy *policy);

#endif
