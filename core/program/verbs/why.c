#include "base/i18n.h"
#include "base/text.h"
#include "program/output/paragraph.h"
#include "program/setup/control_client.h"

#include <string.h>

/* "Not before 14:35, in 4 minutes: a warning." where the policy's answer has such a time. */
static bool tell_time(const struct cf_telling *telling, const json_t *policy, const char *key,
                      const char *words, const char *what)
{
    char time[CF_TELLING_TIME];
    bool told = cf_answer_time(telling, policy, key, time) != NULL;
    if (told)
        cf_line(telling->out, 4, "%s %s%s%s.", words, time, what ? ": " : "", what ? what : "");
    return told;
}

static void tell_unreached(const struct cf_telling *telling, const json_t *unreached)
{
    char since_text[CF_TELLING_TIME], next_text[CF_TELLING_TIME];
    int tries = cf_answer_number(unreached, "tries");
    const char *since = cf_answer_time(telling, unreached, "since", since_text),
               *next = cf_answer_time(telling, unreached, "next", next_text),
               *why = cf_answer_text(unreached, "why");
    if (since)
        cf_line(
            telling->out, 0,
            cf_plural(
                "Warnings have failed to reach it since %s, so no policy logs it off: tried %d time; not "
                "again before %s%s%s.",
                "Warnings have failed to reach it since %s, so no policy logs it off: tried %d times; not "
                "again before %s%s%s.",
                tries),
            since, tries, next ? next : _("the next warning"), why ? "; " : "", why ? why : "");
}

static void tell_head(const struct cf_telling *telling, const json_t *answer)
{
    char span[CF_SPAN_TEXT];
    const char *user = cf_answer_text(answer, "user"), *name = cf_answer_text(answer, "name"),
               *idle = cf_answer_span(answer, "idle", span), *guard = cf_answer_words(answer, "protected");
    cf_line(telling->out, 0, _("Session %s of %s%s%s%s%s"), cf_answer_text(answer, "session"),
            user ? user : _("an unknown user"), name ? _(" on ") : "", name ? name : "",
            idle ? _(", idle for ") : "",
            idle                             ? idle
            : cf_answer_is(answer, "unread") ? _("; it could not be read just now")
                                             : _("; nobody knows its idle time, so it counts as in use"));
    if (cf_answer_text(answer, "missing"))
        cf_line(telling->out, 0, _("What it lacks: %s."), cf_answer_text(answer, "missing"));
    if (cf_answer_is(answer, "ending"))
        cf_line(telling->out, 0, _("It is being logged off at this moment."));
    if (guard)
        cf_line(telling->out, 0, _("No policy ends it: %s."), guard);
    tell_unreached(telling, json_object_get(answer, "unreached"));
    (void)fputc('\n', telling->out);
}

/* What the run compared: what of it holds. */
static void tell_tests(const struct cf_telling *telling, const json_t *tests)
{
    size_t index;
    const json_t *test;
    json_array_foreach(tests, index, test)
    {
        bool holds = cf_answer_is(test, "holds");
        cf_line(telling->out, 4, "%s %s", holds ? _("yes:") : _("no: "), cf_answer_text(test, "text"));
    }
}

/* What keeps the session, once its logoff is announced; before, only what is granted whatever its user does.
 */
static void tell_ways(const struct cf_telling *telling, const json_t *policy, bool announced)
{
    char span[CF_SPAN_TEXT];
    const char *cap = cf_answer_span(policy, "stay", span);
    bool activity = cf_answer_is(policy, "activity"), answer = cf_answer_is(policy, "answer"),
         reconnect = cf_answer_is(policy, "reconnect");
    if (announced && answer)
        cf_line(telling->out, 4, _("To stay: answer the question on the screen."));
    if (announced && activity)
        cf_line(telling->out, 4, _("To stay: use the session, or say: curfew stay%s%s%s"),
                cap ? _(" (for up to ") : "", cap ? cap : "", cap ? _(" a day)") : "");
    else if (cap && !activity)
        cf_line(telling->out, 4,
                _("Activity does not put it off, but this does: curfew stay (for up to %s a day)"), cap);
    else if (announced && reconnect)
        cf_line(telling->out, 4, _("To stay: reconnect."));
    else if (announced && !answer)
        cf_line(telling->out, 4, _("Neither activity nor curfew stay puts it off."));
}

/* What days off that count here are called. */
static void tell_calendar(const struct cf_telling *telling, const json_t *names)
{
    struct cf_buffer list = {0};
    size_t index;
    const json_t *name;
    json_array_foreach(names, index, name)
        cf_buffer_printf(&list, "%s%s", index ? ", " : "", json_string_value(name));
    if (list.length)
        cf_line(telling->out, 4, _("In its calendar: %s"), list.data);
    cf_buffer_finish(&list);
}

static void tell_policy(const struct cf_telling *telling, const json_t *policy)
{
    const char *spared = cf_answer_text(policy, "spared"), *comes = cf_answer_words(policy, "comes");
    int line = cf_answer_number(policy, "line");
    char place[32] = "";
    if (line > 0)
        (void)snprintf(place, sizeof place, ":%d", line);
    cf_line(telling->out, 2, "%s (%s%s)%s %s", cf_answer_text(policy, "policy"),
            cf_path_file(cf_answer_text(policy, "file")), place, cf_answer_mode(policy),
            cf_answer_words(policy, "says"));
    tell_tests(telling, json_object_get(policy, "tests"));
    tell_calendar(telling, json_object_get(policy, "calendar"));
    bool announced = tell_time(telling, policy, "announced", _("The logoff is announced for"), NULL);
    if (!announced)
        (void)tell_time(telling, policy, "at", _("Not before"), comes);
    if (announced || line > 0)
        tell_ways(telling, policy, announced);
    (void)tell_time(telling, policy, "stays_until", _("Its user asked to stay until"), NULL);
    if (spared)
        cf_line(telling->out, 4, "%s", spared);
}

/* Of a session that has ended: what the journal has. */
static void tell_entry(const struct cf_telling *telling, const json_t *entry)
{
    const char *policy = cf_answer_text(entry, "policy"), *told = cf_answer_text(entry, "text"),
               *text = told ? told : cf_answer_text(entry, "reason");
    bool dry = cf_answer_is(entry, "dry_run");
    char time[CF_TELLING_TIME];
    if (cf_answer_time(telling, entry, "at", time))
        cf_line(telling->out, 2, "%s %s%s%s%s%s%s%s", time, dry ? "(" : "", cf_answer_text(entry, "what"),
                dry ? ")" : "", policy ? _(" by ") : "", policy ? policy : "", text ? ": " : "",
                text ? text : "");
}

static void tell_all(const struct cf_telling *telling, const json_t *answer)
{
    const json_t *entries = json_object_get(answer, "entries"), *one;
    size_t index;
    if (entries) {
        cf_line(telling->out, 0, _("Session %s of %s has ended. What was decided about it:"),
                cf_answer_text(answer, "session"), cf_answer_text(answer, "user"));
        json_array_foreach(entries, index, one) tell_entry(telling, one);
        return;
    }
    tell_head(telling, answer);
    json_array_foreach(json_object_get(answer, "policies"), index, one) tell_policy(telling, one);
    json_array_foreach(json_object_get(answer, "protectors"), index, one) cf_line(
        telling->out, 2, _("%s is asked before any of them warns or ends it"), json_string_value(one));
    const json_t *lately = json_object_get(answer, "lately");
    if (json_array_size(lately) > 0)
        (void)fprintf(telling->out, "\n%s\n", _("Lately:"));
    json_array_foreach(lately, index, one) tell_entry(telling, one);
}

static int why(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    const char *const words[] = {"session", args->operands[0], NULL};
    return cf_control_client_ask(args, words, tell_all, out, NULL, err);
}

const struct cf_verb cf_verb_why = {
    .name = "why",
    .summary = "tell why a session stays, goes, or has gone",
    .usage = (const char *const[]){"[OPTION]... SESSION", NULL},
    .about =
        "Asks the running curfew where each policy stands with a session: the line of its script, what it "
        "waits for and what it compared, when that can turn at the earliest and what comes then, what is "
        "announced, and what puts it off. The session is read before, so that its idle time is that of now. "
        "For a session that ended within the last week it shows what the journal has. Everybody may ask "
        "about their own sessions, root about all. SESSION is an id, a name such as pts/3, or the name of "
        "its user.",
    .groups = (const struct cf_option_group *const[]){&cf_control_client_options, NULL},
    .least = 1,
    .most = 1,
    .run = why,
};
