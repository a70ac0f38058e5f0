#include "commands/ending.h"

#include "base/words.h"
#include "commands/resolve.h"

#include <ctype.h>
#include <string.h>

#define ASKING_LIMIT cf_seconds(30) /* for the host's answer */
#define GENTLE_LIMIT cf_seconds(20) /* programs may save what they have, and a person waits for it */
#define FORCED_LIMIT cf_seconds(30)

enum { WARNING = 1 }; /* the only notice of such a command */

/* One request about a session, to its end. Sentences name the session; CF_GONE has none. */
static int ask(struct cf_host *host, const struct cf_request *about, cf_session_key key, struct cf_error *err)
{
    char label[CF_SESSION_LABEL];
    const struct cf_session *session = cf_host_session(host, key);
    if (!session)
        return CF_GONE;
    struct cf_errand errand = {.request = *about};
    errand.request.session = session->identity;
    errand.request.quiet_since = CF_MONO_UNKNOWN;
    (void)cf_session_label(session, label);
    cf_host_run(host, &errand, 1, ASKING_LIMIT);
    if (errand.code == CF_DENIED)
        return cf_error_set(
            err, CF_DENIED,
            _("access to %s is denied: others' sessions are for administrators; try it with sudo, or at another host by "
              "/server:root@NAME"),
            label);
    if (errand.code == CF_OK && about->action == CF_ACTION_WARN && !errand.delivered)
        return cf_error_set(
            err, CF_FAILED,
            _("%s took no message: it has no terminal or desktop for it, or you may not write there"), label);
    if (errand.code == CF_OK || errand.code == CF_GONE)
        return errand.code;
    return cf_error_set(err, errand.code, "%s: %s", label, errand.why);
}

struct end {
    cf_session_key key;
    bool warned; /* an answer may come */
};

static bool has_ended(const struct cf_host *host, void *data)
{
    const struct end *end = data;
    return !cf_host_session(host, end->key) ||
           (end->warned && (cf_host_interrupted(host) || cf_host_answer(host, WARNING) == CF_TRI_YES));
}

int cf_end_session(struct cf_host *host, cf_session_key key, bool forced, FILE *say, struct cf_error *err)
{
    char label[CF_SESSION_LABEL];
    struct end end = {.key = key};
    const struct cf_session *session = cf_host_session(host, key);
    if (!session)
        return CF_OK;
    (void)cf_session_label(session, label);
    for (;; forced = true) {
        if (say) {
            (void)fprintf(say, "%s %s\n", forced ? _("Ending by force:") : _("Logging off"), label);
            (void)fflush(say); /* it may be our own */
        }
        struct cf_request request = {.action = forced ? CF_ACTION_LOGOFF_FORCED : CF_ACTION_LOGOFF};
        struct cf_error why;
        int code = ask(host, &request, key, &why);
        if (code && code != CF_GONE && code != CF_TIMEOUT) /* timed out: it may have been done */
            return cf_error_copy(err, code, &why);
        if (cf_host_await(host, forced ? FORCED_LIMIT : GENTLE_LIMIT, has_ended, &end))
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
    return CF_OK;
}

int cf_warn_session(struct cf_host *host, cf_session_key key, struct cf_span ahead, const char *text,
                    const char *title, struct cf_error *err)
{
    struct cf_request request = {.action = CF_ACTION_WARN,
                                 .notice = WARNING,
                                 .text = text,
                                 .title = title,
                                 .ask = _("Stay logged on"),
                                 .shown_for = ahead};
    struct end end = {.key = key, .warned = true};
    char label[CF_SESSION_LABEL] = "";
    if (cf_host_session(host, key))
        (void)cf_session_label(cf_host_session(host, key), label);
    cf_host_catch_interrupt(host);
    int code = ask(host, &request, key, err);
    if (code)
        return code == CF_GONE ? CF_OK : code;
    (void)cf_host_await(host, ahead, has_ended, &end);
    if (cf_host_interrupted(host)) {
        request.action = CF_ACTION_WITHDRAW; /* else the user would wait for an end that does not come */
        (void)ask(host, &request, key, NULL);
        return cf_error_set(err, CF_FAILED,
                            _("interrupted: the warning was taken back, and %s was left alone"), label);
    }
    if (cf_host_answer(host, WARNING) != CF_TRI_YES)
        return CF_OK;
    return cf_error_set(err, CF_REFUSED, _("the user of %s asked to stay, and was left alone"), label);
}

int cf_disconnect_session(struct cf_host *host, cf_session_key key, struct cf_error *err)
{
    struct cf_request request = {.action = CF_ACTION_DISCONNECT};
    int code = ask(host, &request, key, err);
    if (code == CF_UNSUPPORTED)
        return cf_error_set(
            err, code,
            _("a session of this kind cannot be disconnected here: it ends with its line. To end it: "
              "logoff %s"),
            cf_host_session(host, key)->identity.id);
    return code == CF_GONE ? CF_OK : code;
}
