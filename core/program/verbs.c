#include "program/verbs.h"

#include "base/log.h"
#include "base/text.h"
#include "base/words.h"
#include "program/args.h"
#include "program/help.h"
#include "program/output/terminal.h"
#include "program/setup/hosts.h"
#include "program/setup/servers.h"
#include "time/zone.h"

#include <string.h>
#include <strings.h>

extern const struct cf_verb cf_verb_simulate, cf_verb_run, cf_verb_sessions, cf_verb_test, cf_verb_check,
    cf_verb_new, cf_verb_journal, cf_verb_why, cf_verb_status, cf_verb_metrics, cf_verb_stay, cf_verb_pause,
    cf_verb_resume, cf_verb_reload, cf_verb_logoff, cf_verb_msg, cf_verb_quser, cf_verb_qwinsta,
    cf_verb_query_process, cf_verb_tsdiscon, cf_verb_reset_session;

const struct cf_verb *const cf_verbs[] = {
    &cf_verb_simulate,
    &cf_verb_run,
    &cf_verb_sessions,
    &cf_verb_test,
    &cf_verb_check,
    &cf_verb_new,
    &cf_verb_journal,
    &cf_verb_why,
    &cf_verb_status,
    &cf_verb_metrics,
    &cf_verb_stay,
    &cf_verb_pause,
    &cf_verb_resume,
    &cf_verb_reload,
    /* Windows' */
    &cf_verb_logoff,
    &cf_verb_msg,
    &cf_verb_quser,
    &cf_verb_qwinsta,
    &cf_verb_query_process,
    &cf_verb_tsdiscon,
    &cf_verb_reset_session,
    NULL,
};

/* The names of a verb: its own, and the other one of Windows'. */
static const char *name_of(const struct cf_verb *verb, int which)
{
    return which == 0 ? verb->name : verb->windows && which == 1 ? verb->windows->also : NULL;
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

const struct cf_verb *cf_verb_find(int count, char *const *words, int *ret_used, struct cf_error *err)
{
    struct cf_near nearest = {.wanted = words[0]};
    struct cf_buffer longer = {0}; /* names that begin with this word */
    for (const struct cf_verb *const *verb = cf_verbs; *verb; verb++) {
        const char *name;
        for (int which = 0; (name = name_of(*verb, which)); which++) {
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

static int run_verb(const struct cf_verb *verb, int argc, char **argv, struct cf_error *err)
{
    struct cf_args args;
    int code = cf_args_parse(&args, verb, argc, argv, err);
    if (code == CF_OK && args.help)
        cf_help_verb(verb, stdout);
    else if (code == CF_OK)
        code = cf_servers_mean(&args) ? cf_servers_run(&args, stdout, err) : verb->run(&args, stdout, err);
    cf_args_finish(&args);
    if (code == CF_USAGE && verb->windows)
        cf_error_prefix(err, _("Invalid parameter(s)")); /* as Windows says it */
    return code;
}

/* Whether a link called `name` stands for a verb of its own. */
static bool is_linked(const char *name)
{
    for (const struct cf_verb *const *verb = cf_verbs; *verb; verb++) {
        const char *known;
        for (int which = 0; (*verb)->windows && (*verb)->windows->linked && (known = name_of(*verb, which));
             which++) {
            size_t length = strcspn(known, " ");
            if (strlen(name) == length && strncasecmp(name, known, length) == 0)
                return true;
        }
    }
    return false;
}

static int run_named(int count, char **words, struct cf_error *err)
{
    int used = 0;
    const struct cf_verb *verb = cf_verb_find(count, words, &used, err);
    return verb ? run_verb(verb, count - used, words + used, err) : err->code;
}

/* The program's own name, without folders and without ".exe". */
static char *own_name(const char *path, char *out, size_t size)
{
    size_t length = (size_t)snprintf(out, size, "%s", cf_path_file(path ? path : ""));
    if (length < size && length > 4 && strcasecmp(out + length - 4, ".exe") == 0)
        out[length - 4] = '\0';
    return out;
}

static int run_words(int argc, char **argv, struct cf_error *err)
{
    char name[64];
    if (argc > 0 && is_linked(own_name(argv[0], name, sizeof name))) {
        argv[0] = name;
        return run_named(argc, argv, err);
    }
    if (argc < 2) {
        cf_help_program(stderr);
        return CF_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        cf_help_program(stdout);
        return CF_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        (void)puts("curfew " CF_VERSION);
        return CF_OK;
    }
    if (argv[1][0] == '-')
        return cf_error_set(err, CF_USAGE,
                            _("a verb comes first, then its options; curfew --help lists the verbs"));
    return run_named(argc - 1, argv + 1, err);
}

void cf_program_complain(const struct cf_error *err)
{
    for (const char *line = err->text; *line;) {
        int length = (int)strcspn(line, "\n");
        cf_log(CF_LOG_ERROR, "%.*s", length, line);
        line += length + (line[length] == '\n');
    }
}

int cf_program_main(int argc, char **argv)
{
    cf_terminal_ignore_broken_pipes();
    cf_words_begin(cf_words_folder());
    struct cf_error err = {0};
    int code = run_words(argc, argv, &err);
    int closing = cf_terminal_close(stdout, code ? NULL : &err);
    cf_program_complain(&err);
    cf_zones_release();
    return cf_exit_status(code ? code : closing);
}
