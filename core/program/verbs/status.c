#include "base/i18n.h"
#include "program/output/paragraph.h"
#include "program/setup/control_client.h"

#include <string.h>

static void tell_host(const struct cf_telling *telling, const json_t *answer)
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
static void tell_protected(const struct cf_telling *telling, const json_t *reasons)
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

static void tell_policy(const struct cf_telling *telling, const json_t *policy)
{
    int sessions = cf_answer_number(policy, "sessions");
    cf_line(telling->out, 2, cf_plural("%-20s %s, %d session%s", "%-20s %s, %d sessions%s", sessions),
            cf_answer_text(policy, "policy"), cf_answer_words(policy, "state"), sessions,
            cf_answer_mode(policy));
    tell_protected(telling, json_object_get(policy, "protected"));
}

static void tell_pause(const struct cf_telling *telling, const json_t *pause)
{
    char time[CF_TELLING_TIME];
    const char *policy = cf_answer_text(pause, "policy"),
               *until = cf_answer_time(telling, pause, "until", time);
    cf_line(telling->out, 2, _("%s: %s, until %s%s%s"), policy ? policy : _("everything"),
            cf_answer_text(pause, "why"), until ? until : _("somebody says: curfew resume"),
            until || !policy ? "" : " ", until || !policy ? "" : policy);
}

static void tell_deadline(const struct cf_telling *telling, const json_t *deadline)
{
    char time[CF_TELLING_TIME];
    const char *at = cf_answer_time(telling, deadline, "at", time);
    cf_line(telling->out, 2, _("%s: session %s, %s %s"), at ? at : _("soon"),
            cf_answer_text(deadline, "session"), cf_answer_text(deadline, "policy"),
            cf_answer_words(deadline, "says"));
}

static void tell_unknown(const struct cf_telling *telling, const json_t *sessions)
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

/* "3, 7, …" of many sessions of which the same is said. */
static void add_alike(struct cf_buffer *list, const json_t *one)
{
    const json_t *sessions = json_object_get(one, "sessions"), *id;
    size_t index;
    json_array_foreach((json_t *)(uintptr_t)sessions, index, id)
        cf_buffer_printf(list, "%s%s", index ? ", " : "", json_string_value(id));
    if ((size_t)cf_answer_number(one, "count") > json_array_size(sessions))
        cf_buffer_puts(list, ", …");
}

static void tell_missing(const struct cf_telling *telling, const json_t *one)
{
    struct cf_buffer list = {0};
    add_alike(&list, one);
    cf_line(telling->out, 2, cf_plural("session %s: %s", "sessions %s: %s", cf_answer_number(one, "count")),
            list.data, cf_answer_text(one, "why"));
    cf_buffer_finish(&list);
}

static void tell_adrift(const struct cf_telling *telling, const json_t *one)
{
    struct cf_buffer list = {0};
    add_alike(&list, one);
    cf_line(telling->out, 2, cf_plural("%s: session %s", "%s: sessions %s", cf_answer_number(one, "count")),
            cf_answer_text(one, "policy"), list.data);
    cf_buffer_finish(&list);
}

/* The user of a session, or "?". */
static const char *user_of(const json_t *session)
{
    const char *user = cf_answer_text(session, "user");
    return user ? user : "?";
}

static void tell_doubted(const struct cf_telling *telling, const json_t *one)
{
    char since[CF_TELLING_TIME];
    cf_line(telling->out, 2,
            cf_answer_is(one, "long") ? _("session %s (%s), SEE TO IT: since %s; %s")
                                      : _("session %s (%s): since %s; %s"),
            cf_answer_text(one, "session"), user_of(one), cf_answer_time(telling, one, "since", since),
            cf_answer_text(one, "why"));
}

static void tell_by_stay(const struct cf_telling *telling, const json_t *one)
{
    char since[CF_TELLING_TIME], until[CF_TELLING_TIME];
    cf_line(telling->out, 2,
            cf_answer_is(one, "counts") ? _("session %s (%s): since %s; it counts until %s")
                                        : _("session %s (%s): since %s; it has counted until %s"),
            cf_answer_text(one, "session"), user_of(one), cf_answer_time(telling, one, "since", since),
            cf_answer_time(telling, one, "until", until));
}

static void tell_unreached(const struct cf_telling *telling, const json_t *one)
{
    char since[CF_TELLING_TIME], again[CF_TELLING_TIME];
    const char *why = cf_answer_text(one, "why"), *next = cf_answer_time(telling, one, "next", again);
    int tries = cf_answer_number(one, "tries");
    cf_line(telling->out, 2,
            cf_plural("session %s (%s)%s: since %s, tried %d time; not again before %s%s%s",
                      "session %s (%s)%s: since %s, tried %d times; not again before %s%s%s", tries),
            cf_answer_text(one, "session"), user_of(one), cf_answer_is(one, "long") ? _(", SEE TO IT") : "",
            cf_answer_time(telling, one, "since", since), tries, next ? next : _("the next warning"),
            why ? "; " : "", why ? why : "");
}

static void tell_guards(const struct cf_telling *telling, const json_t *guards)
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

static void tell_warning(const struct cf_telling *telling, const json_t *warning)
{
    cf_line(telling->out, 2, "%s", json_string_value(warning));
}

static void tell_failure(const struct cf_telling *telling, const json_t *failure)
{
    char time[CF_TELLING_TIME];
    const char *at = cf_answer_time(telling, failure, "at", time),
               *policy = cf_answer_text(failure, "policy"), *text = cf_answer_text(failure, "reason");
    cf_line(telling->out, 2, "%s %s%s%s", at ? at : "", policy ? policy : "", policy ? ": " : "",
            text ? text : _("failed"));
}

static void tell_days_off(const struct cf_telling *telling, const json_t *note)
{
    cf_line(telling->out, 2, "%s: %s", cf_answer_text(note, "policy"), cf_answer_text(note, "text"));
}

/* In this order; what is empty is left out. */
static const struct {
    const char *key, *title;
    void (*tell)(const struct cf_telling *telling, const json_t *value);
    bool whole; /* else it tells each of a list */
} sections[] = {
    {"policies", N_("Policies"), tell_policy, false},
    {"pauses", N_("Paused"), tell_pause, false},
    {"deadlines", N_("Next"), tell_deadline, false},
    {"idle_unknown", N_("Nobody knows their idle time, so no idle policy ends these sessions"), tell_unknown,
     true},
    {"disconnected_unknown",
     N_("Nobody knows whether these sessions are disconnected, so no policy that goes by it ends them"),
     tell_adrift, false},
    {"missing", N_("Desktops that lack something"), tell_missing, false},
    {"idle_doubt", N_("Their idle time is not to be relied on"), tell_doubted, false},
    {"by_stay", N_("In use by `curfew stay` alone"), tell_by_stay, false},
    {"unreached", N_("No warning reaches these sessions, so none of them is logged off"), tell_unreached,
     false},
    {"guards", N_("Protected"), tell_guards, true},
    {"days_off", N_("Days off"), tell_days_off, false},
    {"warnings", N_("To be looked at in the configuration"), tell_warning, false},
    {"errors", N_("Failed lately"), tell_failure, false},
};

static void tell_all(const struct cf_telling *telling, const json_t *answer)
{
    tell_host(telling, answer);
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        const json_t *value = json_object_get(answer, sections[i].key), *one;
        bool empty = json_is_array(value) && json_array_size(value) == 0;
        size_t index;
        if (empty && i > 0)
            continue;
        (void)fputc('\n', telling->out);
        cf_line(telling->out, 0, "%s", _(sections[i].title));
        if (empty)
            cf_line(telling->out, 2, _("NO POLICIES: nothing will ever happen"));
        else if (sections[i].whole)
            sections[i].tell(telling, value);
        else
            json_array_foreach(value, index, one) sections[i].tell(telling, one);
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
    return cf_control_client_ask(args, NULL, tell_all, out, NULL, err);
}

const struct cf_verb cf_verb_status = {
    .name = "status",
    .summary = "show the state of the running curfew",
    .usage = (const char *const[]){"[--json]", NULL},
    .about =
        "Shows the host, the policies and which of them are paused, held or set aside, what comes next, whom "
        "the guards protect, which sessions no idle policy can end because nobody knows their idle time, which "
        "policies wait in vain for sessions to be disconnected, what desktops lack for their idle time to be "
        "known or for warnings to be shown, which sessions no warning reaches, and what failed lately. For "
        "administrators.",
    .groups = (const struct cf_option_group *const[]){&cf_control_client_options, NULL},
    .run = status,
};
