#include "base/words.h"
#include "program/output/paragraph.h"
#include "program/setup/asking.h"

/* {"session": "12", "policies": [{"policy": "idle", "granted": 1800.0}]} */
static void tell_session(const json_t *session, FILE *out)
{
    const char *id = cf_answer_text(session, "session");
    size_t index;
    const json_t *policy;
    cf_line(out, 0, _("Session %s: noted as a sign of life."), id);
    json_array_foreach(json_object_get(session, "policies"), index, policy)
    {
        char words[CF_SPAN_TEXT];
        const char *name = cf_answer_text(policy, "policy");
        struct cf_span granted = {(int64_t)(json_number_value(json_object_get(policy, "granted")) * 1e6)};
        if (granted.us > 0)
            cf_line(out, 2, _("%s leaves it alone for %s"), name,
                    cf_span_words_in(granted, CF_WORDS_LANGUAGE, words));
        else
            cf_line(out, 2, _("%s allows no more than that"), name);
    }
}

static void tell_all(const struct cf_args *args, const json_t *answer, const struct cf_when *when, FILE *out)
{
    (void)args;
    (void)when;
    size_t index;
    const json_t *session;
    json_array_foreach(answer, index, session) tell_session(session, out);
}

static int stay(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    const char *const words[] = {"session", cf_args_value(args, "session"), "for",
                                 args->operand_count ? args->operands[0] : NULL, NULL};
    return cf_asking_ask(args, words, tell_all, out, err);
}

static const struct cf_option_group which = {
    "Which session",
    (const struct cf_option[]){
        {"session", "SESSION", "by id, or by a name such as pts/3 (all of your own)"},
        {0},
    },
};

const struct cf_verb cf_verb_stay = {
    .name = "stay",
    .summary = "put the logoff of your own session off",
    .usage = (const char *const[]){"[--session SESSION] [SPAN]", NULL},
    .about =
        "Tells the running curfew that you are there. Policies that count idle time begin anew; those whose entry "
        "has a `stay` leave the session alone for so long (30m, 2h), or, without SPAN, for as long as they may. "
        "Everybody may say it for his own sessions, root for all.",
    .groups = (const struct cf_option_group *const[]){&which, &cf_asking_options, NULL},
    .most = 1,
    .run = stay,
};
