#include "logind/acts.h"

#include "logind/nologin.h"
#include "logind/request.h"
#include "logind/sessions.h"

#include <signal.h>
#include <string.h>

/* logind asks polkit whether others than root may, and hands on how that went wrong in few words. */
static void fail_act(struct cf_host_request *request, const struct cf_error *err)
{
    struct cf_error why = *err;
    if (err->code == CF_DENIED || strstr(err->text, "polkit"))
        (void)cf_error_set(&why, CF_DENIED,
                           "systemd-logind refuses it (%s): whoever is not root needs polkitd at work, and "
                           "curfew's rule for it, 50-curfew.rules",
                           err->text);
    cf_host_request_fail(request, why.code, why.text);
}

static void on_acted(struct cf_bus_call *call, sd_bus_message *reply, const struct cf_error *err)
{
    struct cf_host_request *request = (struct cf_host_request *)(void *)call;
    if (!reply && !(request->killed && err->code == CF_GONE)) {
        fail_act(request, err);
        return;
    }
    if (reply) /* logind does not tell when a session begins to close */
        cf_sessions_read(request->host, request->session.id, CF_LOGIND_LIMIT, NULL, NULL);
    cf_host_request_done(request);
}

static void act(struct cf_host_request *request, const char *member)
{
    struct cf_bus_method method = {CF_LOGIND_NAME, CF_LOGIND_PATH, CF_LOGIND_MANAGER, member};
    request->call.done = on_acted;
    cf_bus_call(request->host->bus, &request->call, &method, cf_host_request_remaining(request), "s",
                request->session.id);
}

/* What cannot be killed, for want of a process, may still be ended: TerminateSession has the last word. */
static void on_killed(struct cf_bus_call *call, sd_bus_message *reply, const struct cf_error *err)
{
    struct cf_host_request *request = (struct cf_host_request *)(void *)call;
    request->killed = reply != NULL;
    if (err && err->code == CF_TIMEOUT)
        cf_host_request_fail(request, err->code, err->text);
    else
        act(request, "TerminateSession");
}

static void signal_session(struct cf_host_request *request, const char *who, int signal, cf_bus_done *done)
{
    static const struct cf_bus_method method = {CF_LOGIND_NAME, CF_LOGIND_PATH, CF_LOGIND_MANAGER,
                                                "KillSession"};
    request->call.done = done;
    cf_bus_call(request->host->bus, &request->call, &method, cf_host_request_remaining(request), "ssi",
                request->session.id, who, (int32_t)signal);
}

/* Of a desktop of x2go's that goes on without its line: the leader's number may be another's by now. */
static bool has_lost_its_leader(const struct cf_host_request *request)
{
    const struct cf_cached *known = cf_host_request_known(request);
    return known && known->remote.nx && cf_properties_closing(&known->properties);
}

/* Of a session that leaves something running its leader alone is ended, as if its line had dropped: terminals
 * go with it, and what was begun to outlive them goes on, unless logind's KillUserProcesses says otherwise.
 */
static void log_off(struct cf_host_request *request)
{
    bool forced = request->asked.action == CF_ACTION_LOGOFF_FORCED;
    if (request->asked.keeps && has_lost_its_leader(request))
        cf_host_request_fail(request, CF_UNSUPPORTED,
                             "its line has gone, and what is to be left running is all that it has");
    else if (request->asked.keeps)
        signal_session(request, "leader", forced ? SIGKILL : SIGTERM, on_acted);
    else if (forced)
        signal_session(request, "all", SIGKILL, on_killed);
    else
        act(request, "TerminateSession");
}

/* A session that was asked to end: its terminals have gone with it, and that is no sign of anybody's life. */
static bool is_past_use(const struct cf_host_request *request)
{
    return request->asked.action == CF_ACTION_LOGOFF_FORCED && request->record.closing == CF_TRI_YES &&
           request->input.read && cf_sources_vanished(&request->input.sources);
}

/* Whether the session was quiet as long as the request expects; else it is completed. */
static bool still_quiet(struct cf_host_request *request)
{
    struct cf_mono expected = request->asked.quiet_since;
    const char *source;
    if (!cf_mono_known(expected) || is_past_use(request))
        return true;
    struct cf_mono input = cf_input_last(&request->input, &request->record, request->host->loop, &source);
    if (!cf_mono_known(input))
        cf_host_request_fail(request, CF_STALE, "whether there was input since cannot be read any more");
    else if (input.us > expected.us)
        cf_host_request_fail(request, CF_STALE, "there was input since");
    return cf_mono_known(input) && input.us <= expected.us;
}

/* Whoever was disconnected and is back may be at work by now, whatever else it rests on. So may who reaches
 * its display in a way that is not known of; from that input on they count as disconnected (remotes.c). */
static bool still_away(struct cf_host_request *request)
{
    int64_t since = request->away_since.us;
    bool returned = request->away && request->record.disconnected != CF_TRI_YES;
    bool typed = request->away &&
                 (request->input.at_display.us > since || request->record.disconnected_since.us > since);
    const char *why = returned && request->record.disconnected == CF_TRI_NO
                          ? "its user has connected to it again"
                      : typed ? "there was input at its display since it was disconnected"
                              : "whether its user is still away cannot be read any more";
    if (returned || typed)
        cf_host_request_fail(request, CF_STALE, why);
    return !returned && !typed;
}

void cf_act_on_session(struct cf_host_request *request)
{
    if (!still_away(request) || !still_quiet(request))
        return;
    if (request->asked.action == CF_ACTION_LOCK)
        act(request, "LockSession");
    else
        log_off(request);
}

/* A small file, in memory: no worker is needed, and one word comes after the other. It is written even where
 * nobody would be refused: the rule may come. */
bool cf_act_on_logons(struct cf_host_request *request)
{
    bool on = request->asked.on;
    struct cf_error err = {0};
    request->host->refusing = on;
    if (!on)
        cf_nologin_remove(CF_NOLOGIN_FILE);
    else
        (void)cf_nologin_write(CF_NOLOGIN_FILE, request->text.data, &err);
    if (err.code)
        cf_host_request_fail(request, err.code, err.text);
    else if (!on)
        cf_host_request_done(request);
    return on && !err.code;
}
