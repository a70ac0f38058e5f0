#include "commands/actions.h"

#include "base/i18n.h"
#include "commands/resolve.h"

#include <ctype.h>
#include <string.h>

#define ASKING_LIMIT  cf_seconds(30) /* for the host's answer */
#define GENTLE_LIMIT  cf_seconds(20) /* programs may save what they have, and a person waits for it */
#define FORCED_LIMIT  cf_seconds(30)
#define LOCKING_LIMIT cf_seconds(5)

/* One request about a session, to its end. Sentences name the session. */
static int ask(struct cf_host *host, const struct cf_request *about, cf_session_key key, struct cf_error *err)
{
    char label[CF_SESSION_LABEL];
    const struct cf_session *session = cf_host_session(host, key);
    if (!session)
        return cf_error_set(err, CF_GONE, _("the session has ended"));
    struct cf_command_request request = {.asked = *about};
    request.asked.session = session->identity;
    request.asked.quiet_since = CF_MONO_UNKNOWN;
    (void)cf_session_label(session, label);
    cf_host_run(host, &request, 1, ASKING_LIMIT);
    if (request.code == CF_DENIED)
        return cf_error_set(
            err, CF_DENIED,
            _("access to %s is denied: only administrators may touch other users' sessions; %s"), label,
            _(cf_host_advice(host)));
    bool untold = request.code == CF_OK && about->action == CF_ACTION_WARN && !request.delivered;
    if (untold && request.why[0])
        return cf_error_set(err, CF_FAILED, _("%s took no message: %s"), label, request.why);
    if (untold)
        return cf_error_set(
            err, CF_FAILED,
            _("%s took no message: it has no terminal or desktop for it, or you may not write there"), label);
    return request.code ? cf_error_set(err, request.code, "%s: %s", label, request.why) : CF_OK;
}

static bool has_ended(const struct cf_host *host, void *data)
{
    return !cf_host_session(host, *(const cf_session_key *)data);
}

int cf_end_session(struct cf_host *host, cf_session_key key, bool forced, FILE *say, struct cf_error *err)
{
    char label[CF_SESSION_LABEL];
    const struct cf_session *session = cf_host_session(host, key);
    if (!session)
        return CF_OK;
    (void)cf_session_label(session, label);
    struct cf_error why = {0};
    for (bool again = false;; again = forced = true) {
        if (say) {
            (void)fprintf(say, "%s %s\n", forced ? _("Ending by force:") : _("Logging off"), label);
            (void)fflush(say); /* it may be our own */
        }
        struct cf_request request = {.action = forced ? CF_ACTION_LOGOFF_FORCED : CF_ACTION_LOGOFF};
        int code = ask(host, &request, key, &why);
        if (code && code != CF_GONE && code != CF_TIMEOUT) /* timed out: it may have been done */
            return cf_error_copy(err, code, &why);
        if (code != CF_GONE || again) /* by us */
            cf_error_clear(&why);
        if (cf_host_await(host, forced ? FORCED_LIMIT : GENTLE_LIMIT, has_ended, &key))
            break;
        if (cf_host_lost(host))
            return cf_error_set(err, CF_UNAVAILABLE, _("%s; whether %s has ended is not known"),
                                cf_host_lost(host), label);
        if (forced)
            return cf_error_set(
                err, CF_TIMEOUT,
                _("%s is still there, though it was ended by force; look at what its processes wait for "
                  "(query process)"),
                label);
    }
    if (say)
        (void)fprintf(say, _("%c%s has ended\n"), toupper(label[0]), label + 1);
    return why.code ? cf_error_copy(err, why.code, &why) : CF_OK;
}

/* ---- Warning first ---- */

void cf_warning_compose(struct cf_buffer *out, const char *text, struct cf_span ahead, const char *at,
                        enum cf_staying staying)
{
    enum { MINUTE = sizeof "2026-03-02 14:35" - 1, DAY = sizeof "2026-03-02 " - 1 };
    char span[CF_SPAN_TEXT];
    int from = ahead.us < CF_DAY.us / 2 ? DAY : 0; /* the date where it may be another's day */
    cf_buffer_printf(out, _("%s\nYou will be logged off at %.*s, in %s."), text, MINUTE - from, at + from,
                     cf_span_words_in(ahead, CF_I18N_LANGUAGE, span));
    if (staying == CF_STAY_BY_COMMAND)
        cf_buffer_printf(out, " %s", _("To stay, say: curfew stay"));
    else if (staying == CF_STAY_NOT)
        cf_buffer_printf(out, " %s", _("This cannot be put off."));
}

struct warnings {
    struct cf_warned *warned;
    size_t count;
};

/* Notices are numbered as the sessions are, from 1. */
static bool is_pending(const struct cf_host *host, const struct warnings *all, size_t i)
{
    return !all->warned[i].err.code && !all->warned[i].gone && cf_host_session(host, all->warned[i].key) &&
           cf_host_answer(host, i + 1) != CF_TRI_YES;
}

static bool none_pending(const struct cf_host *host, void *data)
{
    const struct warnings *all = data;
    bool pending = false;
    for (size_t i = 0; i < all->count && !pending; i++)
        pending = is_pending(host, all, i);
    return !pending || cf_host_interrupted(host);
}

/* In steps of a second where somebody counts them. */
static void wait_ahead(struct cf_host *host, struct warnings *all, const struct cf_hand_warning *warning)
{
    struct cf_mono end = cf_mono_add(cf_host_now(host), warning->ahead);
    for (;;) {
        struct cf_span left = {end.us - cf_host_now(host).us}, step = left;
        if (left.us <= 0)
            return;
        if (warning->tick) {
            warning->tick(warning->data, left);
            step.us = left.us % CF_SECOND.us ? left.us % CF_SECOND.us : CF_SECOND.us;
        }
        if (cf_host_await(host, step, none_pending, all) || cf_host_lost(host))
            return;
    }
}

static int take_back(struct cf_host *host, const struct warnings *all, struct cf_error *err)
{
    for (size_t i = 0; i < all->count; i++) {
        struct cf_request request = {.action = CF_ACTION_WITHDRAW, .notice = i + 1};
        if (is_pending(host, all, i)) /* else its user would wait for an end that does not come */
            (void)ask(host, &request, all->warned[i].key, NULL);
    }
    char label[CF_SESSION_LABEL] = "";
    const struct cf_session *session = cf_host_session(host, all->warned[0].key);
    if (all->count == 1 && session)
        return cf_error_set(err, CF_FAILED,
                            _("interrupted: the warning was taken back, and %s was left alone"),
                            cf_session_label(session, label));
    return cf_error_set(err, CF_FAILED,
                        _("interrupted: the warnings were taken back, and nobody was logged off"));
}

int cf_warn_sessions(struct cf_host *host, struct cf_warned *warned, size_t count,
                     const struct cf_hand_warning *warning, struct cf_error *err)
{
    struct warnings all = {warned, count};
    cf_host_catch_interrupt(host);
    for (size_t i = 0; i < count; i++) {
        struct cf_request request = {.action = CF_ACTION_WARN,
                                     .notice = i + 1,
                                     .text = warned[i].text,
                                     .title = warning->title,
                                     .ask = _("Stay logged on"),
                                     .shown_for = warning->ahead};
        warned[i].err = (struct cf_error){0};
        int code = ask(host, &request, warned[i].key, &warned[i].err);
        warned[i].gone = code == CF_GONE;
        if (code == CF_GONE)
            cf_error_clear(&warned[i].err);
    }
    wait_ahead(host, &all, warning);
    if (cf_host_interrupted(host))
        return take_back(host, &all, err);
    for (size_t i = 0; i < count; i++) {
        char label[CF_SESSION_LABEL];
        const struct cf_session *session = cf_host_session(host, warned[i].key);
        if (session && !warned[i].err.code && cf_host_answer(host, i + 1) == CF_TRI_YES)
            cf_error_set(&warned[i].err, CF_REFUSED, _("the user of %s asked to stay, and was left alone"),
                         cf_session_label(session, label));
    }
    return CF_OK;
}

/* ---- Disconnecting, locking ---- */

/* What is true of this very session: a terminal ends with its line, a desktop need not have any. */
static int refuse_disconnect(const struct cf_session *session, struct cf_error *err)
{
    const char *id = session->identity.id;
    if (!session->type || strcmp(session->type, "tty") == 0)
        return cf_error_set(err, CF_UNSUPPORTED,
                            _("a session of this kind cannot be disconnected here: it ends with its line. To "
                              "end it: logoff %s"),
                            id);
    if (session->seat)
        return cf_error_set(
            err, CF_UNSUPPORTED,
            _("a desktop at the machine's own screen cannot be disconnected. To lock it: curfew "
              "lock %s. To end it: logoff %s"),
            id, id);
    return cf_error_set(
        err, CF_UNSUPPORTED,
        _("nothing on this host disconnects a desktop of this kind: only its client does. To end "
          "it: logoff %s"),
        id);
}

/* Of a session that has ended nothing is left to be done. */
static int or_gone(int code, struct cf_error *err)
{
    if (code != CF_GONE)
        return code;
    cf_error_clear(err);
    return CF_OK;
}

int cf_disconnect_session(struct cf_host *host, cf_session_key key, struct cf_error *err)
{
    struct cf_request request = {.action = CF_ACTION_DISCONNECT};
    int code = ask(host, &request, key, err);
    const struct cf_session *session = cf_host_session(host, key);
    if (code == CF_UNSUPPORTED && session)
        return refuse_disconnect(session, err);
    return or_gone(code, err);
}

static bool is_locked(const struct cf_host *host, void *data)
{
    const struct cf_session *session = cf_host_session(host, *(const cf_session_key *)data);
    return !session || session->locked == CF_TRI_YES;
}

int cf_lock_session(struct cf_host *host, cf_session_key key, struct cf_error *err)
{
    char label[CF_SESSION_LABEL];
    const struct cf_session *session = cf_host_session(host, key);
    if (!session || session->locked == CF_TRI_YES)
        return CF_OK;
    (void)cf_session_label(session, label);
    if (session->type && strcmp(session->type, "tty") == 0)
        return cf_error_set(err, CF_UNSUPPORTED, _("%s is a terminal's, and terminals cannot be locked"),
                            label);
    struct cf_request request = {.action = CF_ACTION_LOCK};
    int code = ask(host, &request, key, err);
    if (code)
        return or_gone(code, err);
    if (cf_host_await(host, LOCKING_LIMIT, is_locked, &key))
        return CF_OK;
    return cf_error_set(err, CF_TIMEOUT, _("%s was asked to lock, but its desktop has not said that it did"),
                        label);
}
