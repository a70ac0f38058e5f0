#include "session/wanted.h"

#include "base/text.h"

#include <string.h>

/* logind's (sd_session_get_class(3), and those that its later versions have). */
static const char *const classes[] = {
    "user",        "user-early", "user-incomplete",  "user-light", "user-early-light", "greeter",
    "lock-screen", "background", "background-light", "manager",    "manager-early",    "none",
    NULL};

/* logind's, and those of other hosts. */
static const char *const types[] = {"tty", "x11", "wayland", "mir",         "web",
                                    "rdp", "ica", "console", "unspecified", NULL};

static int check_known(const char *field, const char *text, const char *const *known, struct cf_error *err)
{
    struct cf_near nearest = {.wanted = text};
    for (const char *const *word = known; *word; word++) {
        if (cf_text_matches(text, *word))
            return 0;
        cf_near_try(&nearest, *word);
    }
    struct cf_buffer all = {0};
    for (const char *const *word = known; *word; word++)
        cf_buffer_printf(&all, "%s%s", word == known ? "" : ", ", *word);
    const char *hint = strcmp(text, "ssh") == 0 || strcmp(text, "remote") == 0
                           ? "; for sessions from afar, write remote = true"
                           : "";
    int code = cf_error_set(err, CF_USAGE, "no session has the %s '%s'%s%s%s%s; there are %s", field, text,
                            nearest.word ? "; did you mean '" : "", nearest.word ? nearest.word : "",
                            nearest.word ? "'?" : "", hint, all.data);
    cf_buffer_finish(&all);
    return code;
}

/* Names of users and groups; what they cannot hold, and what whoever wrote it has in mind. */
static int check_name(const char *text, struct cf_error *err)
{
    char first = text[0];
    if (first == '@' || first == '%' || first == '+' || first == '&')
        return cf_error_set(err, CF_USAGE, "'%s': a group is written groups = \"%s\"", text, text + 1);
    if (first == '!' || first == '~')
        return cf_error_set(err, CF_USAGE, "'%s' takes nobody out: use `only` and `except`", text);
    if (strstr(text, ".*"))
        return cf_error_set(
            err, CF_USAGE,
            "'%s': here * alone stands for any letters, and a dot for itself; write for instance "
            "\"lab-*\"",
            text);
    return 0;
}

int cf_wanted_check(int field, const char *text, struct cf_error *err)
{
    size_t length = strlen(text);
    bool of_people = field == CF_FIELD_USER || field == CF_FIELD_GROUPS;
    if (length == 0)
        return cf_error_set(err, CF_USAGE, "an empty text is nobody's");
    if (text[0] == ' ' || text[length - 1] == ' ')
        return cf_error_set(err, CF_USAGE, "'%s' begins or ends with a blank, as no name does", text);
    if (strpbrk(text, ",;|"))
        return cf_error_set(err, CF_USAGE, "'%s' is one text; a list is written { \"ana\", \"bob\" }", text);
    if (strpbrk(text, "[]^(){}") || strstr(text, "\\d") || strstr(text, "\\w"))
        return cf_error_set(err, CF_USAGE,
                            "'%s': only * and ? stand for other letters; write a list of such texts", text);
    if (field < CF_FIELD_COUNT && cf_fields[field].type == CF_TYPE_NUMBER &&
        strspn(text, "0123456789*?") != length)
        return cf_error_set(err, CF_USAGE, "'%s' is not a number; digits, * and ? are", text);
    if (field == CF_FIELD_CLASS)
        return check_known("class", text, classes, err);
    if (field == CF_FIELD_TYPE)
        return check_known("type", text, types, err);
    return of_people ? check_name(text, err) : 0;
}
