#include "program/program.h"

#include "base/i18n.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "program/args.h"
#include "program/help.h"
#include "program/output/terminal.h"
#include "program/setup/hosts.h"
#include "program/setup/servers.h"
#include "time/zone.h"

#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

extern const struct cf_verb cf_verb_simulate, cf_verb_run, cf_verb_sessions, cf_verb_test, cf_verb_check,
    cf_verb_calendar, cf_verb_new, cf_verb_journal, cf_verb_why, cf_verb_status, cf_verb_metrics,
    cf_verb_stay, cf_verb_pause, cf_verb_resume, cf_verb_reload, cf_verb_logoff, cf_verb_msg, cf_verb_quser,
    cf_verb_qwinsta, cf_verb_query_process, cf_verb_query_termserver, cf_verb_tsdiscon, cf_verb_reset_session,
    cf_verb_tskill, cf_verb_change_logon, cf_verb_lock, cf_verb_service, cf_verb_help, cf_verb_version;

enum { OWN_NAME = 64 };

const struct cf_verb *const cf_verbs[] = {
    &cf_verb_simulate,
    &cf_verb_run,
    &cf_verb_sessions,
    &cf_verb_test,
    &cf_verb_check,
    &cf_verb_calendar,
    &cf_verb_new,
    &cf_verb_journal,
    &cf_verb_why,
    &cf_verb_status,
    &cf_verb_metrics,
    &cf_verb_stay,
    &cf_verb_pause,
    &cf_verb_resume,
    &cf_verb_reload,
    &cf_verb_lock,
    &cf_verb_service,
    &cf_verb_help,
    &cf_verb_version,
    /* Windows' */
    &cf_verb_logoff,
    &cf_verb_msg,
    &cf_verb_quser,
    &cf_verb_qwinsta,
    &cf_verb_query_process,
    &cf_verb_query_termserver,
    &cf_verb_tsdiscon,
    &cf_verb_reset_session,
    &cf_verb_tskill,
    &cf_verb_change_logon,
    NULL,
};

/* Wrong words are answered as Windows does: that they are, then what is right; ours say what is wrong in
 * between. */
static void complain_and_help(const struct cf_verb *verb, struct cf_error *err)
{
    (void)fprintf(stderr, "%s\n", _("Invalid parameter(s)"));
    cf_log_error(err);
    (void)fputc('\n', stderr);
    cf_help_verb(verb, stderr);
    err->text[0] = '\0';
}

static int run_verb(const struct cf_verb *verb, int argc, char **argv, struct cf_error *err)
{
    struct cf_args args;
    int code = cf_args_parse(&args, verb, argc, argv, err);
    args.verbs = cf_verbs;
    if (code == CF_OK && args.help)
        cf_help_verb(verb, stdout);
    else if (code == CF_OK)
        code = cf_servers_mean(&args) ? cf_servers_run(&args, stdout, err) : verb->run(&args, stdout, err);
    cf_args_finish(&args);
    if (code == CF_USAGE && verb->windows)
        complain_and_help(verb, err);
    return code;
}

/* Whether a link called `name` stands for a verb of its own. */
static bool is_linked(const char *name)
{
    for (const struct cf_verb *const *verb = cf_verbs; *verb; verb++) {
        const char *known;
        for (size_t which = 0; (known = cf_verb_name(*verb, which)); which++) {
            size_t length = strcspn(known, " ");
            if (cf_verb_linked(*verb, known) && strlen(name) == length &&
                strncasecmp(name, known, length) == 0)
                return true;
        }
    }
    return false;
}

static int run_named(int count, char **words, struct cf_error *err)
{
    int used = 0;
    const struct cf_verb *verb = cf_verb_find(cf_verbs, count, words, &used, err);
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

/* `name` has room for the program's own, and lives as long as it. */
static int run_words(int argc, char **argv, char name[OWN_NAME], struct cf_error *err)
{
    if (argc > 0 && is_linked(own_name(argv[0], name, OWN_NAME))) {
        cf_log_set_name(name);
        argv[0] = name;
        return run_named(argc, argv, err);
    }
    if (argc < 2) {
        cf_help_program(cf_verbs, stderr);
        return CF_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        cf_help_program(cf_verbs, stdout);
        return CF_OK;
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        (void)printf("curfew %s\n", cf_version);
        return CF_OK;
    }
    if (argv[1][0] == '-')
        return cf_error_set(err, CF_USAGE,
                            _("a verb comes first, then its options; curfew --help lists the verbs"));
    return run_named(argc - 1, argv + 1, err);
}

#ifndef _WIN32
/* Our own: a watchdog's ends us without a word. The kernel has put the default action back. */
static void on_abort(int number, siginfo_t *info, void *context)
{
    static const char text[] =
        "curfew: error: cannot go on: a library gave up, most likely for want of memory, "
        "threads or files\n";
    (void)context;
    if (info->si_pid == getpid())
        (void)!write(STDERR_FILENO, text, sizeof text - 1);
    (void)raise(number);
}
#endif

/* Without memory libuv aborts, and without a word; jansson does not always look. */
static void watch_memory(void)
{
#ifndef _WIN32
    const struct sigaction action = {.sa_sigaction = on_abort, .sa_flags = SA_SIGINFO | (int)SA_RESETHAND};
    (void)sigaction(SIGABRT, &action, NULL);
#endif
    json_set_alloc_funcs(cf_alloc, free);
}

int cf_program_main(int argc, char **argv)
{
    watch_memory();
    cf_terminal_open_standard();
    cf_terminal_ignore_broken_pipes();
    cf_i18n_begin(cf_i18n_folder());
    struct cf_error err = {0};
    char name[OWN_NAME];
    int code = run_words(argc, argv, name, &err);
    int closing = cf_terminal_close(stdout, code ? NULL : &err);
    cf_log_error(&err);
    cf_zones_release();
    cf_terminal_flush();
    return cf_exit_status(code ? code : closing);
}
