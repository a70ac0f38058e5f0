/* Command lines: whatever the words are, each verb's table reads them or says why not, and keeps its bounds.
 */
#include "fuzz.h"
#include "program/args.h"
#include "program/program.h"

enum { WORDS = 32 };

static void check(const struct cf_args *args, const struct cf_verb *verb, int count)
{
    fuzz_check(args->given_count + args->operand_count <= 2 * (size_t)count);
    if (!args->help)
        fuzz_check(args->operand_count >= verb->least && args->operand_count <= verb->most);
    for (size_t i = 0; i < args->given_count; i++)
        fuzz_check(!args->given[i].value == !args->given[i].option->value);
}

/* The input's lines are the words. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size), *words[WORDS], *place = NULL;
    int count = 0, used;
    for (char *word = strtok_r(text, "\n", &place); word && count < WORDS;
         word = strtok_r(NULL, "\n", &place))
        words[count++] = word;
    for (const struct cf_verb *const *verb = cf_verbs; *verb; verb++) {
        struct cf_args args;
        struct cf_error err = {0};
        int code = cf_args_parse(&args, *verb, count, words, &err);
        fuzz_check(code == CF_OK || (code == CF_USAGE && err.text[0]));
        if (code == CF_OK)
            check(&args, *verb, count);
        cf_args_finish(&args);
    }
    struct cf_error err = {0};
    if (count > 0 && cf_verb_find(cf_verbs, count, words, &used, &err))
        fuzz_check(used >= 1 && used <= 2 && used <= count);
    else if (count > 0)
        fuzz_check(err.code == CF_USAGE && err.text[0]);
    free(text);
    return 0;
}
