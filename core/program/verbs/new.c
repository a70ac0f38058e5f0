#include "program/args.h"

#include "base/file_open.h"
#include "base/i18n.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

extern const char cf_embedded_template_lua[], cf_embedded_template_test_lua[];

enum { NAME_SIZE = 64 };

static int check_name(const char *name, struct cf_error *err)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    if (*name && strspn(name, letters) == strlen(name) && strlen(name) < NAME_SIZE)
        return CF_OK;
    return cf_error_set(err, CF_USAGE,
                        _("'%s' cannot be the name of a policy: use letters, digits, - and _, fewer than %d"),
                        name, NAME_SIZE);
}

/* Writes the template with each @NAME@ filled in to a file that must not be there yet. */
static int write_file(const char *path, const char *template, const char *name, struct cf_error *err)
{
    static const char mark[] = "@NAME@";
    FILE *file = cf_file_stream(path, "wx");
    if (!file)
        return cf_error_set(err, CF_FAILED, "%s: %s", path,
                            errno == EEXIST ? _("already exists, and is left as it is") : strerror(errno));
    for (const char *found; (found = strstr(template, mark)); template = found + strlen(mark))
        (void)fprintf(file, "%.*s%s", (int)(found - template), template, name);
    (void)fputs(template, file);
    bool failed = ferror(file) != 0;
    if (fclose(file) != 0 || failed)
        return cf_error_set(err, CF_FAILED, _("%s: cannot be written"), path);
    return CF_OK;
}

static int make(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    const char *name = args->operands[0];
    char policy[NAME_SIZE + 16], test[NAME_SIZE + 16];
    int code = check_name(name, err);
    if (code)
        return code;
    (void)snprintf(policy, sizeof policy, "%s.lua", name);
    (void)snprintf(test, sizeof test, "%s_test.lua", name);
    code = write_file(policy, cf_embedded_template_lua, name, err);
    if (code == CF_OK)
        code = write_file(test, cf_embedded_template_test_lua, name, err);
    if (code == CF_OK)
        (void)fprintf(out, _("%s and %s are written. Change them, then: curfew test %s\n"), policy, test,
                      test);
    return code;
}

const struct cf_verb cf_verb_new = {
    .name = "new",
    .summary = "write a policy and its test to start from",
    .usage = (const char *const[]){"NAME", NULL},
    .about =
        "Writes NAME.lua and NAME_test.lua into this folder: a small policy that works, and tests that pass, "
        "to be "
        "changed into what you need. Files that are there already are left alone.",
    .groups = (const struct cf_option_group *const[]){NULL},
    .least = 1,
    .most = 1,
    .run = make,
};
