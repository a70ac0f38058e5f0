/*
 * The machine's memory ends: of whole runs, a reload, each question and each reading of a file, the n-th
 * request of any part of the program is refused (refuse.c), alone or with all that follow. Either the program
 * ends, with a sentence, or it has done all that it does else; the journal is sound, and says that nobody was
 * ended unwarned. The first n of each place in the code, and some others; all, which takes an hour, with
 * CURFEW_EACH in the environment.
 */
#include "../fixture/folder.h"
#include "../unit/unit.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS = 16, SAMPLES = 3, PATIENCE = 30 /* seconds that a program may take */, SAID = 1 << 16 };

struct refusal {
    long request; /* 0: none */
    bool all;     /* from there on */
};

#ifndef CF_TEST_REFUSE
#define CF_TEST_REFUSE ""
#endif

static void need_refusals(void)
{
    if (CF_TEST_REFUSE[0])
        return;
    print_message("skip: memory that ends: sanitizers have an allocator of their own\n");
    skip();
}

/* ---- Files ---- */

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0 && fclose(file) == 0);
}

static const char *read_text(const char *name, char text[SAID])
{
    FILE *file = fopen(name, "r");
    size_t length = file ? fread(text, 1, SAID - 1, file) : 0;
    text[length] = '\0';
    if (file)
        (void)fclose(file);
    return text;
}

static const char *read_said(const char *name)
{
    static char text[SAID];
    return read_text(name, text);
}

static void forget(const char *state)
{
    static const char *const names[] = {"journal.db", "journal.db-wal", "journal.db-shm", "journal.lock"};
    char path[64];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", state, names[i]);
        (void)remove(path);
    }
}

static void set_up(void)
{
    folder_make();
    assert_int_equal(chdir(folder_path("")), 0);
    static const char *const folders[] = {"translations", "run", "state", "fresh", "asked"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        assert_int_equal(mkdir(folders[i], 0700), 0);
    if (CF_TEST_REFUSE[0])
        assert_int_equal(symlink(CF_TEST_REFUSE, "refuse.so"), 0);
    write_file("life.lua", "local ana = logon('ana', { name = 'pts/3', uid = 1001 })\n"
                           "local bob = logon('bob', { name = 'pts/4', uid = 1002, idle = 'unknown' })\n"
                           "advance(8 * minute)\n");
    write_file("long.lua", "local ana = logon('ana', { name = 'pts/3', uid = 1001 })\nadvance(400 * day)\n");
    write_file("warner.lua", /* no users or groups: the C library's own look-ups crash without memory */
               "local days = calendar.dates(option('days', { '2026-12-24' }, 'days off'))\n"
               "local office = calendar.weekly({ 'Mon-Fri 07:30-18:00' })\n"
               "sessions.protect({ name = 'pts/4' }, function (session) return 'bob stays' end)\n"
               "sessions.watch({ class = 'user' }, function (session)\n"
               "  session:wait_idle(2 * minute)\n"
               "  store.set(session.user, { at = clock.now(), open = office:contains(clock.now()) })\n"
               "  for left, pause in countdown({ 2 * minute }) do\n"
               "    session:warn('You have been idle for {idle}.', { idle = session.idle })\n"
               "    if session:wait_active(pause) then return end\n"
               "  end\n"
               "  session:logoff('idle for {idle}')\n"
               "end)\n");
    write_file("translations/de.lua",
               "return { ['You have been idle for {idle}.'] = 'Seit {idle} keine Eingabe.' }\n");
    write_file("off.ics", "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\nBEGIN:VEVENT\r\nUID:1\r\n"
                          "DTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20260102\r\n"
                          "RRULE:FREQ=WEEKLY;COUNT=50\r\nSUMMARY:off\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
    write_file(
        "conf.lua",
        "dry_run = false\nlimits = { share = 1 }\npolicies = { { './warner.lua', days = { './off.ics' } } }\n");
}

/* ---- Programs ---- */

/* Starts curfew with the words of `line`, told apart by spaces; what it prints goes to the file `printed`,
 * what it says on standard error to `said`. */
static pid_t start(const char *line, struct refusal refusal, bool later, const char *said)
{
    pid_t child = fork();
    if (child != 0)
        return child;
    char *copy = cf_strdup(line), *words[WORDS] = {CF_TEST_CURFEW}, number[24];
    for (size_t i = 1; i < WORDS - 1 && (words[i] = strsep(&copy, " ")); i++)
        continue;
    (void)dup2(open("/dev/null", O_RDWR), 0);
    (void)dup2(open("printed", O_WRONLY | O_CREAT | O_TRUNC, 0600), 1);
    (void)dup2(open(said, O_WRONLY | O_CREAT | O_TRUNC, 0600), 2);
    (void)snprintf(number, sizeof number, "%ld", refusal.request);
    (void)setenv("LD_PRELOAD", "./refuse.so",
                 1); /* by a link, since its own path may have a blank, which cuts it */
    (void)setenv("CURFEW_REFUSE", number, 1);
    (void)setenv("CURFEW_REFUSE_COUNT", "count", 1);
    (void)setenv("LC_MESSAGES", "C", 1);
    (void)setenv("TZ", "UTC", 1);
    if (refusal.all)
        (void)setenv("CURFEW_REFUSE_ALL", "1", 1);
    if (later)
        (void)setenv("CURFEW_REFUSE_LATER", "1", 1);
    (void)alarm(PATIENCE); /* whoever hangs is ended by SIGALRM */
    (void)execv(CF_TEST_CURFEW, words);
    _exit(127);
}

static int wait_for(pid_t child)
{
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        assert_int_equal(errno, EINTR);
    return status;
}

/* ---- What must hold ---- */

static void check_end(const char *line, struct refusal refusal, int status, const char *said)
{
    static char printed[SAID]; /* `check` prints what is wrong */
    const char *text = read_said(said);
    bool aborted = WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT &&
                   (strstr(text, "out of memory") || strstr(text, "for want of memory"));
    bool failed =
        WIFEXITED(status) && WEXITSTATUS(status) != 0 && (text[0] || read_text("printed", printed)[0]);
    bool blames = strstr(text, "of memory it may") != NULL; /* a policy, for what the machine has not */
    if ((!aborted && !failed && status != 0) || blames)
        fail_msg("curfew %s, without memory from request %ld on (%s): status %#x, and says: %s", line,
                 refusal.request, refusal.all ? "all" : "one", (unsigned)status, text);
}

/* Whoever says nothing has done all; `check` says it among what it prints. */
static void check_whole(const char *line, struct refusal refusal, int status, const char *wanted)
{
    static char printed[SAID];
    (void)read_text("printed", printed);
    if (status == 0 && strcmp(printed, wanted) != 0 && !strstr(printed, "could not") && !read_said("said")[0])
        fail_msg("curfew %s, without memory from request %ld on (%s), is silent, and prints: %s", line,
                 refusal.request, refusal.all ? "all" : "one", printed);
}

static int64_t number_of(sqlite3 *sqlite, const char *sql)
{
    sqlite3_stmt *found = NULL;
    int64_t number = -1; /* there is no such table yet */
    if (sqlite3_prepare_v2(sqlite, sql, -1, &found, NULL) == SQLITE_OK && sqlite3_step(found) == SQLITE_ROW)
        number = sqlite3_column_int64(found, 0);
    (void)sqlite3_finalize(found);
    return number;
}

/* A whole countdown before each logoff, and none of bob's, whose idle time nobody knows. Returns logoffs. */
static int64_t check_journal(const char *state)
{
    char path[64];
    struct stat file;
    sqlite3 *sqlite;
    (void)snprintf(path, sizeof path, "%s/journal.db.aside-1", state);
    assert_int_equal(stat(path, &file), -1); /* what cannot be read for want of memory is not damaged */
    (void)snprintf(path, sizeof path, "%s/journal.db", state);
    if (stat(path, &file) != 0 || file.st_size == 0)
        return 0;
    assert_int_equal(sqlite3_open(path, &sqlite), SQLITE_OK);
    assert_int_equal(number_of(sqlite, "SELECT quick_check = 'ok' FROM pragma_quick_check(1)"), 1);
    assert_true(number_of(sqlite,
                          "SELECT count(*) FROM entries AS e WHERE what = 'logoff' AND (user = 'bob' "
                          "OR NOT EXISTS (SELECT 1 FROM entries AS w WHERE w.what = 'warn' AND "
                          "w.session = e.session AND w.birth = e.birth AND w.at <= e.at - 60000000))") <= 0);
    int64_t logoffs = number_of(sqlite, "SELECT count(*) FROM entries WHERE what = 'logoff'");
    (void)sqlite3_close(sqlite);
    return logoffs;
}

/* Calls `trial` without memory at the first request of each place, by the program that ended last, and at
 * some others; or at each. */
static void at_requests(void (*trial)(const void *what, struct refusal refusal), const void *what)
{
    static char counts[SAID];
    char *next = counts;
    (void)read_text("count", counts);
    long count = strtol(next, &next, 10);
    assert_true(count > 20);
    bool each = getenv("CURFEW_EACH") != NULL;
    uint64_t random = 29;
    for (long i = 1, samples = 0; i <= count && samples < SAMPLES; i++) {
        long place = each ? i : strtol(next, &next, 10);
        if (place == 0) {
            place = 1 + (long)pick(&random, (uint32_t)count);
            samples++;
        }
        trial(what, (struct refusal){place, false});
        trial(what, (struct refusal){place, true});
    }
}

/* ---- Programs that end by themselves ---- */

struct program {
    const char *line;
    bool repeats; /* prints the same each time */
    char printed[SAID];
};

static void run_once(const void *what, struct refusal refusal)
{
    const struct program *program = what;
    bool fresh = strstr(program->line, "--state fresh") != NULL;
    if (fresh)
        forget("fresh");
    int status = wait_for(start(program->line, refusal, false, "said"));
    check_end(program->line, refusal, status, "said");
    if (program->repeats)
        check_whole(program->line, refusal, status, program->printed);
    (void)check_journal(fresh ? "fresh" : "state");
}

static void run_at_requests(const char *line, bool repeats)
{
    struct program program = {.line = line, .repeats = repeats};
    int status = wait_for(start(line, (struct refusal){0}, false, "said"));
    if (status != 0)
        fail_msg("curfew %s: status %#x: %s", line, (unsigned)status, read_said("said"));
    (void)read_text("printed", program.printed);
    at_requests(run_once, &program);
}

#define LIFE(speed, state)                                                                                   \
    "run --backend sim --speed " speed " --scenario life.lua --config conf.lua --state " state

static void test_programs(void **state)
{
    (void)state;
    need_refusals();
    run_at_requests(LIFE("10000", "state"), false);
    run_at_requests(LIFE("10000", "fresh"), false);
    int64_t before = check_journal("state");
    assert_int_equal(wait_for(start(LIFE("500", "state"), (struct refusal){0}, false, "said")), 0);
    assert_true(check_journal("state") > before); /* the next one does all that it does */
    run_at_requests("journal --state state", true);
    run_at_requests("journal --state state --json --user ana", true);
    run_at_requests("check --config conf.lua", false); /* asks this host, too, and says why where it cannot */
    run_at_requests("simulate --users 3 --days 1 warner.lua", true);
}

/* ---- Questions, and a service that is asked ---- */

static const char service[] =
    "run --backend sim --speed 1 --scenario long.lua --config conf.lua --state asked --socket run/socket";

static pid_t start_service(struct refusal refusal)
{
    pid_t child = start(service, refusal, true, "service.said");
    for (;;) { /* until it answers; the alarm is its own */
        int status = wait_for(start("status --socket run/socket", (struct refusal){0}, false, "said"));
        if (status == 0)
            return child;
        if (waitpid(child, &status, WNOHANG) == child)
            fail_msg("the service: status %#x: %s", (unsigned)status, read_said("service.said"));
    }
}

static int end_service(pid_t child)
{
    (void)kill(child, SIGTERM);
    return wait_for(child);
}

static const char *const questions[] = {
    "status --socket run/socket",  "why pts/3 --socket run/socket", "why pts/3 --json --socket run/socket",
    "metrics --socket run/socket", "pause --socket run/socket",     "reload --socket run/socket",
};

enum { QUESTIONS = sizeof questions / sizeof *questions };

/* Whoever asks has no memory. */
static void test_asking(void **state)
{
    (void)state;
    need_refusals();
    pid_t child = start_service((struct refusal){0});
    for (size_t i = 0; i < QUESTIONS - 1; i++) /* reloads wait for one another, a second each */
        run_at_requests(questions[i], false);
    assert_int_equal(end_service(child), 0);
    (void)check_journal("asked");
}

/* Whoever is asked has none. */
static void ask(const void *what, struct refusal refusal)
{
    const char *line = what;
    pid_t child = start_service(refusal);
    (void)kill(child, SIGUSR2);
    check_end(line, refusal, wait_for(start(line, (struct refusal){0}, false, "said")), "said");
    check_end(service, refusal, end_service(child), "service.said");
    (void)check_journal("asked");
}

static void test_asked(void **state)
{
    (void)state;
    need_refusals();
    for (size_t i = 0; i < QUESTIONS; i++) {
        pid_t child = start_service((struct refusal){0});
        (void)kill(child, SIGUSR2);
        assert_int_equal(wait_for(start(questions[i], (struct refusal){0}, false, "said")), 0);
        assert_int_equal(end_service(child), 0);
        at_requests(ask, questions[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_programs),
        cmocka_unit_test(test_asking),
        cmocka_unit_test(test_asked),
    };
    set_up();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    if (failed == 0 && chdir("/") == 0)
        folder_drop();
    return failed;
}
