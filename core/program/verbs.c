#include "program/verbs.h"

#include "base/i18n.h"
#include "base/text.h"

#include <string.h>
#include <strings.h>

#ifdef CF_COMMIT
const char cf_version[] = CF_VERSION " (" CF_COMMIT ")";
#else
const char cf_version[] = CF_VERSION;
#endif

const char *cf_verb_name(const struct cf_verb *verb, size_t which)
{
    if (which == 0)
        return verb->name;
    return verb->windows && verb->windows->also ? verb->windows->also[which - 1] : NULL;
}

bool cf_verb_linked(const struct cf_verb *verb, const char *name)
{
    const char *unlinked = verb->windows ? verb->windows->unlinked : NULL;
    size_t length = strcspn(name, " ");
    return verb->windows && !(unlinked && strlen(unlinked) == length && strncmp(unlinked, name, length) == 0);
}

/* How many of the words are the name, which is one or two; 0: they are not. */
static int named(const struct cf_verb *verb, const char *name, int count, char *const *words)
{
    for (int used = 0; used < count;) {
        size_t length = strcspn(name, " ");
        if (strlen(words[used]) != length || (verb->windows ? strncasecmp(words[used], name, length)
                                                            : strncmp(words[used], name, length)) != 0)
            return 0;
        used++;
        if (!name[length])
            return used;
        name += length + 1;
    }
    return 0;
}

const struct cf_verb *cf_verb_find(const struct cf_verb *const *verbs, int count, char *const *words,
                                   int *ret_used, struct cf_error *err)
{
    struct cf_near nearest = {.wanted = words[0]};
    struct cf_buffer longer = {0}; /* names that begin with this word */
    for (const struct cf_verb *const *verb = verbs; *verb; verb++) {
        const char *name;
        for (size_t which = 0; (name = cf_verb_name(*verb, which)); which++) {
            int used = named(*verb, name, count, words);
            if (used) {
                *ret_used = used;
                cf_buffer_finish(&longer);
                return *verb;
            }
            cf_near_try(&nearest, name);
            size_t length = strcspn(name, " ");
            if (name[length] && strlen(words[0]) == length && strncasecmp(words[0], name, length) == 0)
                cf_buffer_printf(&longer, "%s%s", longer.length ? ", " : "", name);
        }
    }
    if (longer.length)
        cf_error_set(err, CF_USAGE, _("%s is the first word of two: %s"), words[0], longer.data);
    else if (nearest.word)
        cf_error_set(err, CF_USAGE, _("there is no verb %s: did you mean %s?"), words[0], nearest.word);
    else
        cf_error_set(err, CF_USAGE, _("there is no verb %s; curfew --help lists them"), words[0]);
    cf_buffer_finish(&longer);
    return NULL;
}
