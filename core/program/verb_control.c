#include "program/asking.h"

/* Asks, and prints the answer as JSON where that is wanted: then *ret_answer is NULL. */
static int ask(const struct cf_args *args, const char *const *words, FILE *out, json_t **ret_answer,
               struct cf_error *err)
{
    json_t *answer = NULL;
    int code = cf_asking_ask(args, args->verb->name, words, &answer, err);
    if (code == CF_OK && cf_args_has(args, "json")) {
        cf_asking_dump(answer, out);
        json_decref(answer);
        answer = NULL;
    }
    if (code == CF_OK)
        *ret_answer = answer;
    return code;
}

static const char *operand(const struct cf_args *args)
{
    return args->operand_count ? args->operands[0] : NULL;
}

static int pause_policies(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    const char *policy = operand(args);
    json_t *answer;
    struct cf_when when;
    int code = cf_when_now(&when, err);
    if (code == CF_OK)
        code = ask(args, (const char *[]){"policy", policy, "for", cf_args_value(args, "for"), NULL}, out,
                   &answer, err);
    if (code || !answer)
        return code;
    struct cf_buffer until = {0};
    const char *utc = json_string_value(json_object_get(answer, "until"));
    const char *subject = policy ? policy : "everything";
    if (utc && cf_when_add(&when, utc, &until))
        (void)fprintf(out, "%s is paused until %s\n", subject, until.data);
    else
        (void)fprintf(out, "%s is paused until somebody says: curfew resume%s%s\n", subject,
                      policy ? " " : "", policy ? policy : "");
    cf_buffer_finish(&until);
    json_decref(answer);
    return CF_OK;
}

static int resume_policies(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    json_t *answer;
    const char *policy = operand(args);
    int code = ask(args, (const char *[]){"policy", policy, NULL}, out, &answer, err);
    if (code || !answer)
        return code;
    (void)fprintf(out, "%s is at work again\n", policy ? policy : "everything");
    json_decref(answer);
    return CF_OK;
}

static int reload(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    json_t *answer;
    int code = ask(args, NULL, out, &answer, err);
    if (code || !answer)
        return code;
    (void)fputs("the configuration is in force\n", out);
    json_decref(answer);
    return CF_OK;
}

static const struct cf_option_group how_long = {
    "How long",
    (const struct cf_option[]){
        {"for", "SPAN", "it ends by itself after that time: 2h, 90m"},
        {0},
    },
};

const struct cf_verb cf_verb_pause = {
    .name = "pause",
    .summary = "let policies rest for a while",
    .usage = (const char *const[]){"[--for SPAN] [POLICY]", NULL},
    .about =
        "A policy that rests warns nobody and ends nobody, and what it had begun is taken back; what it protects "
        "stays protected. Without a policy's name, all of them rest. A pause outlives a restart of the engine "
        "where that keeps its state. For administrators.",
    .groups = (const struct cf_option_group *const[]){&how_long, &cf_asking_options, NULL},
    .most = 1,
    .run = pause_policies,
};

const struct cf_verb cf_verb_resume = {
    .name = "resume",
    .summary = "put policies to work again",
    .usage = (const char *const[]){"[POLICY]", NULL},
    .about =
        "Ends a policy's pause, or every pause, those included by which the engine holds a policy that was about to "
        "end more than its share of all sessions. Everything starts afresh, warnings included. For "
        "administrators.",
    .groups = (const struct cf_option_group *const[]){&cf_asking_options, NULL},
    .most = 1,
    .run = resume_policies,
};

const struct cf_verb cf_verb_reload = {
    .name = "reload",
    .summary = "have the engine load its configuration again",
    .usage = (const char *const[]){"[--json]", NULL},
    .about =
        "The new configuration and its policies are loaded first; where there is a mistake in them, it is told, and "
        "the old configuration stays in force. Everything starts afresh, warnings included. For administrators.",
    .groups = (const struct cf_option_group *const[]){&cf_asking_options, NULL},
    .run = reload,
};
