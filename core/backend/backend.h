/*
 * The interface to a host's sessions. A back end is one table of functions; it knows nothing of policies,
 * scripts or the engine. Everything is asynchronous: requests go in by submit(), facts come out through the
 * sink.
 *
 * Requests and completions are plain values. A back end completes each request once, with the request's id;
 * whoever submits through struct cf_calls (calls.h) is kept safe from late, double and missing completions.
 *
 * Strings and records handed through the sink are borrowed for the callback. No sink call is made inside
 * open(), nor after close() was called.
 */
#ifndef CF_BACKEND_BACKEND_H
#define CF_BACKEND_BACKEND_H

#include "base/error.h"
#include "session/session.h"
#include "time/loop.h"

#include <stdbool.h>
#include <stdint.h>

enum cf_action_kind {
    CF_ACTION_LIST,     /* enumerate again: seen() for each, between listing() calls */
    CF_ACTION_REFRESH,  /* read `fields` of one session afresh */
    CF_ACTION_WARN,     /* show a notice on every channel the session has */
    CF_ACTION_WITHDRAW, /* take a notice back */
    CF_ACTION_LOCK,
    CF_ACTION_DISCONNECT,
    CF_ACTION_LOGOFF,        /* gentle; done means accepted, gone() follows when it is over */
    CF_ACTION_LOGOFF_FORCED, /* the same, without asking the programs */
    CF_ACTION_REFUSE_LOGONS, /* `on`, with `text` for those refused */
    CF_ACTION_PROCESSES,     /* name the processes of one session */
    CF_ACTION_WATCH, /* read `fields` of one session afresh, then tell of their next change; none: cancel */
    CF_ACTION_COUNT
};

/* Who may log on anew, where a host has words for it: those of Windows' `change logon`. */
enum cf_logons {
    CF_LOGONS_ENABLED,
    CF_LOGONS_DISABLED,            /* nobody, not even back to a session */
    CF_LOGONS_DRAIN,               /* nobody, but back to a session */
    CF_LOGONS_DRAIN_UNTIL_RESTART, /* the same, until the machine starts again */
};

const char *cf_action_name(enum cf_action_kind action); /* "list", "logoff", "forced logoff"… */

/* "logoff of session 12 of ana: why". `id` and `user` may be NULL. Returns code. */
int cf_action_error_set(struct cf_error *err, int code, enum cf_action_kind action, const char *id,
                        const char *user, const char *why);

/* What is asked. Strings are borrowed until submit() returns. */
struct cf_request {
    uint64_t id; /* never reused; set by cf_calls_submit */
    enum cf_action_kind action;
    struct cf_mono deadline;    /* after this nobody listens any more */
    struct cf_identity session; /* must be this very session, or the answer is CF_GONE */

    uint64_t fields; /* REFRESH, WATCH: bits of enum cf_field */
    /* REFRESH: what the host said since then need not be asked for again, and what may be known a moment
     * later is not waited for. 0: all is read anew. */
    struct cf_mono as_of;

    uint64_t notice;      /* WARN, WITHDRAW: which; the sink's answered() names it */
    const char *text;     /* WARN, REFUSE_LOGONS; not yet safe to display */
    const char *title;    /* WARN: may be NULL */
    const char *ask;      /* WARN: the label of a button, or NULL for none */
    const char *user;     /* WARN: whose session it is; NULL: not known */
    const char *language; /* WARN, WITHDRAW: in which the back end says what else it has to; NULL: English */
    struct cf_span
        shown_for; /* WARN: how long it is worth showing where it cannot be withdrawn; unknown: until then */

    /* LOCK, DISCONNECT, LOGOFF: the act is CF_STALE if input came later than this, when looked at right
     * before the system call. Unknown: no expectation. */
    struct cf_mono quiet_since;

    bool keeps; /* LOGOFF, also forced: what its user has left running goes on, where the host can */
    bool on;    /* REFUSE_LOGONS: until it is taken back, or this back end closes */
};

/* What came of it. */
struct cf_completion {
    uint64_t id;
    int code;            /* CF_OK or a negative enum cf_code */
    const char *message; /* why not, for people; NULL where done, or how a warning went another way */
    const struct cf_session *session; /* REFRESH, WATCH: a record whose `fields` were read just now */
    uint64_t fields;  /* REFRESH, WATCH: those that were; one that could not be read is among them, unknown */
    uint64_t watched; /* WATCH: of this session's fields, those whose next change seen() will tell */
    bool delivered;   /* WARN: at least one channel took it */
    bool withdrawable;            /* WARN: every channel that took it can take it back */
    const char *const *processes; /* PROCESSES: "4711 bash", ends in NULL */
};

/* Where facts go. Every pointer is set. */
struct cf_backend_sink {
    void *data;
    /* An enumeration begins (done = false), has ended (done = true): whoever was not seen in between has
     * gone. */
    void (*listing)(void *data, bool done);
    /* A session is there. `fields`: those of the record that are meant; the others are not looked at. */
    void (*seen)(void *data, const struct cf_session *session, uint64_t fields);
    void (*gone)(void *data, const struct cf_identity *identity);
    /* The user pressed the button of a notice, or closed the question with "no". */
    void (*answered)(void *data, uint64_t notice, bool yes);
    /* The host cannot be reached any more (err says why), or again (err is NULL; a listing follows). */
    void (*reachable)(void *data, const struct cf_error *err);
    void (*completed)(void *data, const struct cf_completion *completion);
};

enum cf_supply {
    CF_SUPPLY_NONE,    /* never known here */
    CF_SUPPLY_PUSHED,  /* seen() tells of every change */
    CF_SUPPLY_SAMPLED, /* known when read by REFRESH */
    /*
     * As SAMPLED; and WATCH has seen() tell of the next change, once. A field is watched from before it is
     * read, so that nothing falls in between; one session may be beyond what the host can tell, which its
     * completion says, and a change that it cannot tell any more is told as unknown.
     */
    CF_SUPPLY_TOLD,
};

struct cf_capabilities {
    bool actions[CF_ACTION_COUNT];
    enum cf_supply fields[CF_FIELD_COUNT];
};

struct cf_backend; /* each back end's own; its first member is a struct cf_backend_head */

struct cf_backend_ops {
    const char *name;    /* "logind" */
    const char *summary; /* one line for --help */
    bool reaches; /* another host wholly, its processes and messages, too; else that host's own curfew has to
                   */
    const char *advice; /* what whoever is denied something may do about it, for people */
    /*
     * Opens the way to the host. `setup` is the back end's own settings (its header declares them), NULL for
     * the usual. The first listing follows by itself. Returns 0 or CF_UNAVAILABLE, with the reason.
     */
    int (*open)(struct cf_loop *loop, const struct cf_backend_sink *sink, const void *setup,
                struct cf_backend **ret_backend, struct cf_error *err);
    /* Ends all requests without completing them; the sink is not called again. Logons that it refuses are
     * allowed again. Frees itself, after its uv handles. */
    void (*close)(struct cf_backend *backend);
    /* Takes a request. The completion never comes inside this call. */
    void (*submit)(struct cf_backend *backend, const struct cf_request *request);
    const struct cf_capabilities *(*capabilities)(const struct cf_backend *backend);
    const char *(*host)(const struct cf_backend *backend); /* the host's name, as in identities */
    /* The id of the session that this process runs in, NULL: in none. The function may be NULL, too. */
    const char *(*own)(struct cf_backend *backend);
    /*
     * Takes over the socket `fd`, at whose other end a program of a user's, by the kernel's word of this uid
     * and process, wants to speak for the session that it is in (core/agent). `display`: the X display that
     * it says it was given, borrowed; NULL: none. The function NULL: no such are taken here.
     */
    void (*take_agent)(struct cf_backend *backend, int fd, int64_t uid, int64_t pid, const char *display);
    /* The service manager has told that something happened to the session of this id: a lock, say, of which
     * the host itself does not tell. NULL: nothing is to be learnt from that. */
    void (*session_changed)(struct cf_backend *backend, const char *id);
};

struct cf_backend_head {
    const struct cf_backend_ops *ops;
};

static inline const struct cf_backend_ops *cf_backend_ops_of(const struct cf_backend *backend)
{
    return ((const struct cf_backend_head *)(const void *)backend)->ops;
}

#endif
