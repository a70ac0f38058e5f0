#include "program/args.h"

#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_named(const char *known, const struct cf_verb *verb, const char *name, size_t length)
{
    return strlen(known) == length &&
           (verb->windows ? strncasecmp(known, name, length) : memcmp(known, name, length)) == 0;
}

static const struct cf_option *find_option(const struct cf_verb *verb, const char *name, size_t length,
                                           struct cf_near *nearest)
{
    for (const struct cf_option_group *const *group = verb->groups; *group; group++) {
        for (const struct cf_option *option = (*group)->options; option->name; option++) {
            if (is_named(option->name, verb, name, length))
                return option;
            cf_near_try(nearest, option->name);
        }
    }
    return NULL;
}

static int unknown(const struct cf_verb *verb, const char *word, const struct cf_near *nearest,
                   struct cf_error *err)
{
    if (verb->windows)
        return cf_error_set(err, CF_USAGE, _("%s has no switch %s%s%s; %s /? tells more"), verb->name, word,
                            nearest->word ? _(": did you mean /") : "", nearest->word ? nearest->word : "",
                            verb->name);
    if (nearest->word)
        return cf_error_set(err, CF_USAGE, _("%s has no option %s: did you mean --%s?"), verb->name, word,
                            nearest->word);
    return cf_error_set(err, CF_USAGE, _("%s has no option %s; see curfew %s --help"), verb->name, word,
                        verb->name);
}

static int add_given(struct cf_args *args, const struct cf_option *option, const char *value)
{
    args->given = cf_grow(args->given, args->given_count, sizeof *args->given);
    args->given[args->given_count++] = (struct cf_given){option, value};
    return CF_OK;
}

/* Reads the option in argv[*at], and moves *at to its value where that is a word of its own. */
static int take_option(struct cf_args *args, int argc, char **argv, int *at, struct cf_error *err)
{
    const char *word = argv[*at];
    bool windows = args->verb->windows;
    if (!windows && word[1] != '-')
        return cf_error_set(err, CF_USAGE, _("%s has no option %s: options are whole words, as in --help"),
                            args->verb->name, word);
    const char *begin = word + 1 + (word[1] == '-' && word[0] == '-');
    size_t length = strcspn(begin, windows ? ":=" : "=");
    const char *joined = begin[length] ? begin + length + 1 : NULL; /* its value, in the same word */
    char name[64] = "";
    (void)snprintf(name, sizeof name, "%.*s", (int)(length < sizeof name ? length : sizeof name - 1), begin);

    struct cf_near nearest = {.wanted = name};
    const struct cf_option *option = find_option(args->verb, begin, length, &nearest);
    if (!option)
        return unknown(args->verb, word, &nearest, err);
    const char *sign = word[0] == '/' ? "/" : "--", *colon = word[0] == '/' ? ":" : " ";
    if (!option->value && joined)
        return cf_error_set(err, CF_USAGE, _("%s%s takes no value"), sign, option->name);
    if (!option->value)
        return add_given(args, option, NULL);

    /* "/server NAME" is none of Windows' forms: NAME could be taken for the session to end */
    const char *value = joined ? joined : word[0] == '/' || *at + 1 == argc ? NULL : argv[++*at];
    if (!value || !*value)
        return cf_error_set(err, CF_USAGE, _("%s%s needs a value: %s%s%s%s"), sign, option->name, sign,
                            option->name, colon, option->value);
    (void)add_given(args, option, value);
    if (!strchr(option->value, ' '))
        return CF_OK;
    if (*at + 1 == argc || !argv[*at + 1][0])
        return cf_error_set(err, CF_USAGE, _("%s%s needs two values: %s%s%s%s"), sign, option->name, sign,
                            option->name, colon, option->value);
    return add_given(args, option, argv[++*at]);
}

static int check_operands(const struct cf_args *args, struct cf_error *err)
{
    const struct cf_verb *verb = args->verb;
    if (args->operand_count > verb->most && verb->most == 0)
        return cf_error_set(err, CF_USAGE, _("%s takes no arguments, but %s was given"), verb->name,
                            args->operands[0]);
    if (args->operand_count > verb->most)
        return cf_error_set(err, CF_USAGE, _("%s takes at most %zu arguments"), verb->name, verb->most);
    if (args->operand_count < verb->least)
        return cf_error_set(err, CF_USAGE, _("%s needs more arguments: curfew %s %s"), verb->name, verb->name,
                            verb->usage[0]);
    return CF_OK;
}

static bool asks_for_help(const struct cf_verb *verb, const char *word)
{
    return strcasecmp(word, "--help") == 0 || strcmp(word, "-h") == 0 ||
           (verb->windows && (strcmp(word, "/?") == 0 || strcmp(word, "-?") == 0));
}

/* Whether help is asked for, whatever else there is. A message may hold any words. */
static bool finds_help(const struct cf_verb *verb, int argc, char **argv)
{
    size_t text = verb->windows ? verb->windows->text : 0, plain = 0;
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0 && (!text || plain < text); i++) {
        if (asks_for_help(verb, argv[i]))
            return true;
        plain += argv[i][0] != '-' && argv[i][0] != '/';
    }
    return false;
}

static bool is_option(const struct cf_verb *verb, const char *word)
{
    return (word[0] == '-' && word[1]) || (verb->windows && word[0] == '/');
}

int cf_args_parse(struct cf_args *args, const struct cf_verb *verb, int argc, char **argv,
                  struct cf_error *err)
{
    *args = (struct cf_args){.verb = verb, .help = finds_help(verb, argc, argv)};
    if (args->help)
        return CF_OK;

    bool only_operands = false;
    for (int i = 0; i < argc; i++) {
        if (!only_operands && strcmp(argv[i], "--") == 0) {
            only_operands = true;
        } else if (!only_operands && is_option(verb, argv[i])) {
            int code = take_option(args, argc, argv, &i, err);
            if (code)
                return code;
        } else {
            args->operands = cf_grow(args->operands, args->operand_count, sizeof *args->operands);
            args->operands[args->operand_count++] = argv[i];
            size_t text = verb->windows ? verb->windows->text : 0;
            only_operands |= text && args->operand_count == text - (cf_args_mean_all(args) ? 1 : 0);
        }
    }
    return check_operands(args, err);
}

void cf_args_finish(struct cf_args *args)
{
    free(args->given);
    free(args->operands);
    *args = (struct cf_args){0};
}

const char *cf_args_each(const struct cf_args *args, const char *name, size_t *place)
{
    while (*place < args->given_count) {
        const struct cf_given *given = &args->given[(*place)++];
        if (strcmp(given->option->name, name) == 0)
            return given->value;
    }
    return NULL;
}

const char *cf_args_value(const struct cf_args *args, const char *name)
{
    const char *value = NULL, *next;
    for (size_t place = 0; (next = cf_args_each(args, name, &place));)
        value = next;
    return value;
}

bool cf_args_mean_all(const struct cf_args *args)
{
    return cf_args_has(args, "all") || cf_args_has(args, "a");
}

bool cf_args_has(const struct cf_args *args, const char *name)
{
    for (size_t i = 0; i < args->given_count; i++) {
        if (strcmp(args->given[i].option->name, name) == 0)
            return true;
    }
    return false;
}

int cf_args_number(const struct cf_args *args, const char *name, uint64_t least, uint64_t most,
                   uint64_t usual, uint64_t *ret_number, struct cf_error *err)
{
    const char *text = cf_args_value(args, name);
    if (!text) {
        *ret_number = usual;
        return CF_OK;
    }
    char *end = NULL;
    errno = 0;
    uint64_t number = strtoull(text, &end, 10);
    if (errno || *end || text[0] < '0' || text[0] > '9' || number < least || number > most)
        return cf_error_set(err, CF_USAGE, _("--%s %s: give a whole number from %" PRIu64 " to %" PRIu64),
                            name, text, least, most);
    *ret_number = number;
    return CF_OK;
}

int cf_args_refuse(const struct cf_args *args, const char *const *names, const char *why,
                   struct cf_error *err)
{
    for (; *names; names++) {
        if (cf_args_has(args, *names))
            return cf_error_set(err, CF_USAGE, "--%s %s", *names, _(why));
    }
    return CF_OK;
}
