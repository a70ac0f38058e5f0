#include "base/i18n.h"
#include "program/output/paragraph.h"
#include "program/setup/control_client.h"

#include <string.h>

/* "19:05" of "19:05, in 20 minutes": the policy's answer has such a time. */
static const char *clock_time(const struct cf_telling *telling, const json_t *policy, const char *key,
                              char out[CF_TELLING_TIME])
{
    if (!cf_answer_time(telling, policy, key, out))
        return NULL;
    out[strcspn(out, ",")] = '\0';
    return out;
}

/* What one policy makes of it; without a name, somebody's command. */
static void tell_policy(const struct cf_telling *telling, const json_t *policy)
{
    char span[CF_SPAN_TEXT], time[CF_TELLING_TIME];
    const char *name = cf_answer_text(policy, "policy");
    if (!name)
        cf_line(telling->out, 2, _("the logoff that was announced by hand is not done"));
    else if (clock_time(telling, policy, "until", time))
        cf_line(telling->out, 2, _("%s leaves it alone for %s, until %s"), name,
                cf_answer_span(policy, "granted", span), time);
    else if (cf_answer_is(policy, "anew"))
        cf_line(telling->out, 2, _("%s begins anew, as after any activity"), name);
    else if (clock_time(telling, policy, "announced", time))
        cf_line(telling->out, 2, _("%s goes on all the same%s: its logoff is announced for %s"), name,
                cf_answer_is(policy, "spent") ? _(", having left it alone for as long as it may in a day")
                                              : "",
                time);
    else if (cf_answer_is(policy, "spent"))
        cf_line(telling->out, 2, _("%s has left it alone for as long as it may in a day"), name);
    else
        cf_line(telling->out, 2, _("%s has announced nothing, and goes on as before"), name);
}

/* {"session": "12", "gained": true, "policies": [{"policy": "idle", "granted": 1800, …}]}: see requests.c */
static void tell_session(const struct cf_telling *telling, const json_t *session)
{
    const char *id = cf_answer_text(session, "session");
    const json_t *policies = json_object_get(session, "policies"), *policy;
    size_t index;
    if (json_array_size(policies) == 0)
        cf_line(telling->out, 0, _("Session %s: no policy is at work on it."), id);
    else if (cf_answer_is(session, "gained"))
        cf_line(telling->out, 0, _("Session %s: noted."), id);
    else
        cf_line(telling->out, 0, _("Session %s: that changes nothing."), id);
    json_array_foreach(policies, index, policy) tell_policy(telling, policy);
    if (!cf_answer_is(session, "counts"))
        cf_line(telling->out, 2,
                _("it counts as activity no longer, as nobody has used the session for so long: use it"));
}

static void tell_all(const struct cf_telling *telling, const json_t *answer)
{
    size_t index;
    const json_t *session;
    json_array_foreach(answer, index, session) tell_session(telling, session);
}

static bool is_gained(const json_t *answer)
{
    size_t index;
    const json_t *session;
    json_array_foreach(answer, index, session) if (cf_answer_is(session, "gained")) return true;
    return false;
}

static int stay(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    const char *const words[] = {"session", cf_args_value(args, "session"), "for",
                                 args->operand_count ? args->operands[0] : NULL, NULL};
    json_t *answer = NULL;
    int code = cf_control_client_ask(args, words, tell_all, out, &answer, err);
    if (code == CF_OK && !is_gained(answer))
        code = cf_error_set(err, CF_FAILED, _("nothing was put off"));
    json_decref(answer);
    return code;
}

static const struct cf_option_group which = {
    "Which session",
    (const struct cf_option[]){
        {"session", "SESSION", "by id, by a name such as pts/3, or by its user's name (all of your own)"},
        {0},
    },
};

const struct cf_verb cf_verb_stay = {
    .name = "stay",
    .summary = "put off the logoff of your own session",
    .usage = (const char *const[]){"[--session SESSION] [SPAN]", NULL},
    .about =
        "Tells the running curfew that you are there. Policies that go by activity, such as idle, begin "
        "anew, for as many hours as limits.stay says after the session was last used; those whose entry in the configuration has a `stay` leave the session alone for that long "
        "(30m, 2h), or, without SPAN, for as long as they may in a day. All others go on, and it says so: "
        "where nothing is put off, the exit status is 1. Everybody may say it for their own sessions, root "
        "for all.",
    .groups = (const struct cf_option_group *const[]){&which, &cf_control_client_options, NULL},
    .most = 1,
    .run = stay,
};
