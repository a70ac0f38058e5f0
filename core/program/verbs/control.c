#include "program/setup/control_client.h"

#include "base/i18n.h"
#include "program/output/paragraph.h"

static const char *operand(const struct cf_args *args)
{
    return args->operand_count ? args->operands[0] : NULL;
}

static const char *subject(const struct cf_args *args)
{
    return args->operand_count ? args->operands[0] : _("everything");
}

static void tell_paused(const struct cf_telling *telling, const json_t *answer)
{
    char time[CF_TELLING_TIME];
    const char *until = cf_answer_time(telling, answer, "until", time), *policy = operand(telling->args);
    if (until)
        cf_say(telling->out, _("%s is paused until %s"), subject(telling->args), until);
    else
        cf_say(telling->out, _("%s is paused until somebody says: curfew resume%s%s"), subject(telling->args),
               policy ? " " : "", policy ? policy : "");
}

static void tell_resumed(const struct cf_telling *telling, const json_t *answer)
{
    (void)answer;
    cf_say(telling->out, _("%s is at work again"), subject(telling->args));
}

static void tell_reloaded(const struct cf_telling *telling, const json_t *answer)
{
    (void)answer;
    (void)fputs(_("the configuration is in force\n"), telling->out);
}

static int pause_policies(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    const char *const words[] = {"policy", operand(args), "for", cf_args_value(args, "for"), NULL};
    return cf_control_client_ask(args, words, tell_paused, out, NULL, err);
}

static int resume_policies(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    const char *const words[] = {"policy", operand(args), NULL};
    return cf_control_client_ask(args, words, tell_resumed, out, NULL, err);
}

static int reload(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    return cf_control_client_ask(args, NULL, tell_reloaded, out, NULL, err);
}

static const struct cf_option_group how_long = {
    "How long",
    (const struct cf_option[]){
        {"for", "SPAN", "how long, after which it ends by itself: 2h, 90m"},
        {0},
    },
};

const struct cf_verb cf_verb_pause = {
    .name = "pause",
    .summary = "let policies rest for a while",
    .usage = (const char *const[]){"[--for SPAN] [POLICY]", NULL},
    .about =
        "A policy that rests warns nobody and ends nobody, and what it had begun is taken back; what it "
        "protects stays protected. Without a policy's name, all of them rest. A pause outlives a restart of "
        "the engine if the engine keeps its state. For administrators.",
    .groups = (const struct cf_option_group *const[]){&how_long, &cf_control_client_options, NULL},
    .most = 1,
    .run = pause_policies,
};

const struct cf_verb cf_verb_resume = {
    .name = "resume",
    .summary = "put policies to work again",
    .usage = (const char *const[]){"[POLICY]", NULL},
    .about =
        "Ends a policy's pause, or every pause, those included by which the engine holds a policy that was "
        "about to "
        "end more than its share of all sessions. Everything starts afresh, warnings included. For "
        "administrators.",
    .groups = (const struct cf_option_group *const[]){&cf_control_client_options, NULL},
    .most = 1,
    .run = resume_policies,
};

const struct cf_verb cf_verb_reload = {
    .name = "reload",
    .summary = "have the engine load its configuration again",
    .usage = (const char *const[]){"[--json]", NULL},
    .about =
        "The new configuration and its policies are loaded first; if there is a mistake in them, it is "
        "reported, and the old configuration stays in force. Everything starts afresh, warnings included. "
        "For administrators.",
    .groups = (const struct cf_option_group *const[]){&cf_control_client_options, NULL},
    .run = reload,
};
