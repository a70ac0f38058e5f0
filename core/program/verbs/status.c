#include "base/i18n.h"
#include "program/output/paragraph.h"
#include "program/setup/control_client.h"

#include <string.h>

/* An answer being told in words. */
struct telling {
    FILE *out;
    const struct cf_when *when;
};

/* "until 14:35, in 4 minutes", into `time`, which the caller finishes. */
static const char *time_of(const struct telling *telling, const json_t *object, const char *key,
                           struct cf_buffer *time)
{
    const char *utc = cf_answer_text(object, key);
    return utc && cf_when_add(telling->when, utc, time) ? time->data : NULL;
}

static void tell_host(const struct telling *telling, const json_t *answer)
{
    int sessions = cf_answer_number(answer, "sessions");
    cf_line(telling->out, 0, cf_plural("%s (%s): %d session%s", "%s (%s): %d sessions%s", sessions),
            cf_answer_text(answer, "host"), cf_answer_text(answer, "backend"), sessions,
            cf_answer_is(answer, "dry_run") ? _("; dry run: nothing is done, only journalled") : "");
    if (!cf_answer_is(answer, "ready"))
        cf_line(telling->out, 0, _("The host has not listed its sessions yet."));
    if (cf_answer_text(answer, "trouble"))
        cf_line(telling->out, 0, _("NOTHING IS DONE AT PRESENT: %s"), cf_answer_text(answer, "trouble"));
}

/* "2 sessions of these cannot be touched: the console is protected" */
static void tell_protected(const struct telling *telling, const json_t *reasons)
{
    const char *why;
    const json_t *number;
    json_object_foreach((json_t *)(uintptr_t)reasons, why, number)
    {
        int count = (int)json_integer_value(number);
        cf_line(telling->out, 4,
                cf_plural("%d session of these cannot be touched: %s",
                          "%d sessions of these cannot be touched: %s", count),
                count, _(why));
    }
}

static void tell_policies(const struct telling *telling, const json_t *policies)
{
    size_t index;
    const json_t *policy;
    json_array_foreach(policies, index, policy)
    {
        int sessions = cf_answer_number(policy, "sessions");
        cf_line(telling->out, 2, cf_plural("%-20s %s, %d session%s", "%-20s %s, %d sessions%s", sessions),
                cf_answer_text(policy, "policy"), cf_answer_words(policy, "state"), sessions,
                cf_answer_mode(policy));
        tell_protected(telling, json_object_get(policy, "protected"));
    }
    if (json_array_size(policies) == 0)
        cf_line(telling->out, 2, _("NO POLICIES: nothing will ever happen"));
}

static void tell_pauses(const struct telling *telling, const json_t *pauses)
{
    size_t index;
    const json_t *pause;
    json_array_foreach(pauses, index, pause)
    {
        struct cf_buffer time = {0};
        const char *policy = cf_answer_text(pause, "policy"),
                   *until = time_of(telling, pause, "until", &time);
        cf_line(telling->out, 2, _("%s: %s, until %s%s%s"), policy ? policy : _("everything"),
                cf_answer_text(pause, "why"), until ? until : _("somebody says: curfew resume"),
                until || !policy ? "" : " ", until || !policy ? "" : policy);
        cf_buffer_finish(&time);
    }
}

static void tell_deadlines(const struct telling *telling, const json_t *deadlines)
{
    size_t index;
    const json_t *deadline;
    json_array_foreach(deadlines, index, deadline)
    {
        struct cf_buffer time = {0};
        const char *at = time_of(telling, deadline, "at", &time);
        cf_line(telling->out, 2, _("%s: session %s, %s %s"), at ? at : _("soon"),
                cf_answer_text(deadline, "session"), cf_answer_text(deadline, "policy"),
                cf_answer_words(deadline, "says"));
        cf_buffer_finish(&time);
    }
}

static void tell_unknown(const struct telling *telling, const json_t *sessions)
{
    struct cf_buffer list = {0};
    size_t index;
    const json_t *id;
    json_array_foreach(sessions, index, id)
        cf_buffer_printf(&list, "%s%s", index ? ", " : "", json_string_value(id));
    if (list.length)
        cf_line(telling->out, 2, "%s", list.data);
    cf_buffer_finish(&list);
}

static void tell_doubted(const struct telling *telling, const json_t *sessions)
{
    size_t index;
    const json_t *one;
    json_array_foreach(sessions, index, one)
    {
        struct cf_buffer since = {0};
        const char *user = cf_answer_text(one, "user");
        (void)time_of(telling, one, "since", &since);
        cf_line(telling->out, 2,
                cf_answer_is(one, "long") ? _("session %s (%s), SEE TO IT: since %s; %s")
                                          : _("session %s (%s): since %s; %s"),
                cf_answer_text(one, "session"), user ? user : "?", since.data, cf_answer_text(one, "why"));
        cf_buffer_finish(&since);
    }
}

static void tell_by_stay(const struct telling *telling, const json_t *sessions)
{
    size_t index;
    const json_t *one;
    json_array_foreach(sessions, index, one)
    {
        struct cf_buffer since = {0}, until = {0};
        const char *user = cf_answer_text(one, "user");
        (void)time_of(telling, one, "since", &since);
        (void)time_of(telling, one, "until", &until);
        cf_line(telling->out, 2,
                cf_answer_is(one, "counts") ? _("session %s (%s): since %s; it counts until %s")
                                            : _("session %s (%s): since %s; it has counted until %s"),
                cf_answer_text(one, "session"), user ? user : "?", since.data, until.data);
        cf_buffer_finish(&since);
        cf_buffer_finish(&until);
    }
}

static void tell_unreached(const struct telling *telling, const json_t *sessions)
{
    size_t index;
    const json_t *one;
    json_array_foreach(sessions, index, one)
    {
        struct cf_buffer since_text = {0}, next_text = {0};
        const char *user = cf_answer_text(one, "user"), *why = cf_answer_text(one, "why"),
                   *since = time_of(telling, one, "since", &since_text),
                   *next = time_of(telling, one, "next", &next_text);
        int tries = cf_answer_number(one, "tries");
        cf_line(telling->out, 2,
                cf_plural("session %s (%s)%s: since %s, tried %d time; not again before %s%s%s",
                          "session %s (%s)%s: since %s, tried %d times; not again before %s%s%s", tries),
                cf_answer_text(one, "session"), user ? user : "?",
                cf_answer_is(one, "long") ? _(", SEE TO IT") : "", since, tries,
                next ? next : _("the next warning"), why ? "; " : "", why ? why : "");
        cf_buffer_finish(&since_text);
        cf_buffer_finish(&next_text);
    }
}

static void tell_guards(const struct telling *telling, const json_t *guards)
{
    char span[CF_SPAN_TEXT];
    cf_line(telling->out, 2, "%s%s%s%s", cf_answer_is(guards, "root") ? _("root, ") : "",
            cf_answer_is(guards, "system") ? _("system accounts, ") : "",
            cf_answer_is(guards, "console") ? _("the console, ") : "",
            cf_answer_is(guards, "others") ? _("and whom the configuration names") : _("and nobody else"));
    cf_line(
        telling->out, 2,
        _("a warning must be %s old before a logoff; %d logoffs a minute; one policy ends at most %.0f %% of "
          "all sessions in 10 minutes"),
        cf_answer_span(guards, "notice", span), cf_answer_number(guards, "logoffs_per_minute"),
        100 * json_number_value(json_object_get(guards, "share")));
}

static void tell_warnings(const struct telling *telling, const json_t *warnings)
{
    size_t index;
    const json_t *warning;
    json_array_foreach(warnings, index, warning) cf_line(telling->out, 2, "%s", json_string_value(warning));
}

static void tell_errors(const struct telling *telling, const json_t *errors)
{
    size_t index;
    const json_t *error;
    json_array_foreach(errors, index, error)
    {
        struct cf_buffer time = {0};
        const char *at = time_of(telling, error, "at", &time), *policy = cf_answer_text(error, "policy"),
                   *text = cf_answer_text(error, "reason");
        cf_line(telling->out, 2, "%s %s%s%s", at ? at : "", policy ? policy : "", policy ? ": " : "",
                text ? text : _("failed"));
        cf_buffer_finish(&time);
    }
}

static void tell_days_off(const struct telling *telling, const json_t *notes)
{
    size_t index;
    const json_t *note;
    json_array_foreach(notes, index, note)
        cf_line(telling->out, 2, "%s: %s", cf_answer_text(note, "policy"), cf_answer_text(note, "text"));
}

/* In this order; what is empty is left out. */
static const struct {
    const char *key, *title;
    void (*tell)(const struct telling *telling, const json_t *value);
} sections[] = {
    {"policies", N_("Policies"), tell_policies},
    {"pauses", N_("Paused"), tell_pauses},
    {"deadlines", N_("Next"), tell_deadlines},
    {"idle_unknown", N_("Nobody knows their idle time, so no idle policy ends these sessions"), tell_unknown},
    {"idle_doubt", N_("Their idle time is not to be relied on"), tell_doubted},
    {"by_stay", N_("In use by `curfew stay` alone"), tell_by_stay},
    {"unreached", N_("No warning reaches these sessions, so none of them is logged off"), tell_unreached},
    {"guards", N_("Protected"), tell_guards},
    {"days_off", N_("Days off"), tell_days_off},
    {"warnings", N_("To be looked at in the configuration"), tell_warnings},
    {"errors", N_("Failed lately"), tell_errors},
};

static void tell_all(const struct cf_args *args, const json_t *answer, const struct cf_when *when, FILE *out)
{
    (void)args;
    const struct telling *telling = &(const struct telling){out, when};
    tell_host(telling, answer);
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        const json_t *value = json_object_get(answer, sections[i].key);
        if (json_is_array(value) && json_array_size(value) == 0 && i > 0)
            continue;
        (void)fputc('\n', telling->out);
        cf_line(telling->out, 0, "%s", _(sections[i].title));
        sections[i].tell(telling, value);
    }
    int waiting = cf_answer_number(answer, "waiting_logoffs");
    if (waiting > 0)
        cf_line(telling->out, 0,
                cf_plural("%d logoff waits for its turn: limits.logoffs_per_minute",
                          "%d logoffs wait for their turn: limits.logoffs_per_minute", waiting),
                waiting);
}

static int status(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    static const char *const words[] = {NULL};
    return cf_control_client_ask(args, words, tell_all, out, err);
}

const struct cf_verb cf_verb_status = {
    .name = "status",
    .summary = "show the state of the running curfew",
    .usage = (const char *const[]){"[--json]", NULL},
    .about =
        "Shows the host, the policies and which of them are paused, held or set aside, what comes next, whom "
        "the guards protect, which sessions no idle policy can end because nobody knows their idle time, which "
        "no warning reaches, and what failed lately. For administrators.",
    .groups = (const struct cf_option_group *const[]){&cf_control_client_options, NULL},
    .run = status,
};
