/* The engine's side of a request: its own functions (engine.h, explain.h, metrics.h), and a few of the
 * program's. */
#ifndef CF_CONTROL_ENGINE_SIDE_H
#define CF_CONTROL_ENGINE_SIDE_H

#include "control/server.h"
#include "engine/engine.h"

#define CF_CONTROL_PAST cf_seconds(7 * 86400) /* how long a session that has ended is still answered for */

/* What the journal is to be asked for. Borrowed for the call. */
struct cf_past {
    const char *session;               /* its id */
    const struct cf_identity *present; /* of one that is still there; NULL: the last that had this id */
    bool anybodys;                     /* else only those of `uid` */
    int64_t uid;
    struct cf_instant since;
};

struct cf_requests {
    struct cf_loop *loop;
    const struct cf_registry *registry;
    struct cf_engine *engine;
    json_t *(*explain_session)(const struct cf_engine *engine, cf_session_key key);
    json_t *(*explain_status)(const struct cf_engine *engine);
    void (*metrics)(const struct cf_engine *engine, struct cf_buffer *out);
    void (*read)(struct cf_engine *engine, cf_session_key key, void (*done)(void *data, int code),
                 void *data);
    int (*stay)(struct cf_engine *engine, cf_session_key key, struct cf_span wanted,
                void (*tell)(void *data, const struct cf_stay_told *told), void *data, struct cf_error *err);
    int (*note)(struct cf_engine *engine, cf_session_key key, enum cf_what what, const char *text,
                struct cf_error *err);
    uint64_t (*tell)(struct cf_engine *engine, cf_session_key key, const struct cf_engine_message *message,
                     cf_call_done *done, void *data);
    void (*tell_forget)(struct cf_engine *engine, uint64_t id);
    int (*pause)(struct cf_engine *engine, const char *policy, struct cf_span how_long, const char *why,
                 struct cf_error *err);
    int (*resume)(struct cf_engine *engine, const char *policy, const char *why, struct cf_error *err);

    bool (*shows_life)(const struct cf_engine *engine, cf_session_key key, struct cf_mono *ret_since,
                       struct cf_mono *ret_until);

    struct cf_reading_request *readings; /* that are awaited */
    struct cf_telling_request *tellings; /* likewise */
    void *reload_data, *past_data;
    const char *(*trouble)(const void *data); /* NULL, or why nothing can be done at present; NULL: never */
    const void *trouble_data;
    /* Sees to it that the call is answered, once, now or later. NULL: cannot be done here. */
    void (*reload)(void *reload_data, struct cf_control_call *call);
    /* Looks a session up in the journal, and says what is there by cf_why_past, once, now or later, with
     * `told`, whose ownership passes. NULL: there is no journal to look into. */
    void (*find_past)(void *past_data, const struct cf_past *past, json_t *told,
                      struct cf_control_call *call);
};

#endif
