/* A made-up /proc and cgroup tree in a temporary folder: which processes are a session's, and what they tell.
 */
#include "logind/processes.h"

#include "base/text.h"

#include "tree.h"

#include <uv.h>

static struct cf_session record;
static struct cf_programs last; /* kept from look to look, where a test says so */
static int64_t user;

/* Reads the session into `record`. */
static void look(uint64_t fields, const char *scope)
{
    char proc[256];
    path_of(proc, "proc");
    cf_session_finish(&record);
    cf_session_init(&record);
    record.leader = LEADER;
    record.uid = user;
    cf_processes_read(&record, fields, scope, proc, &last);
}

/* `fields` with the programs among them. */
static void expect_programs_by(uint64_t fields, const char *expected)
{
    struct cf_buffer text = {0};
    look(fields, "session-3.scope");
    for (size_t i = 0; record.programs && record.programs[i]; i++)
        cf_buffer_printf(&text, "%s%s", i ? " " : "", record.programs[i]);
    assert_string_equal(record.programs ? text.data : "unknown", expected);
    cf_buffer_finish(&text);
    cf_session_finish(&record);
}

static void expect_programs(const char *expected)
{
    cf_programs_finish(&last);
    expect_programs_by(CF_PROCESSES_FIELDS, expected);
    cf_programs_finish(&last);
}

/* ---- Programs ---- */

static void programs_are_those_of_the_scope_and_of_the_users_manager(void **state)
{
    (void)state;
    char below[128];
    run(101, SCOPE, "bash", "/usr/bin/bash");
    run(102, SCOPE, "bash", "/usr/bin/bash");
    run(103, SCOPE "/a/b/c", "rsync", "/usr/bin/rsync");
    (void)snprintf(below, sizeof below, "%s/app.slice/app.scope", manager);
    run(104, below, "MATLAB", "/opt/matlab/MATLAB");
    run(105, SLICE "/session-4.scope", "another's", NULL);
    run(106, SCOPE "-alike", "stranger", NULL);
    list(105, SCOPE); /* their numbers were others' when the list was read */
    list(106, SCOPE);
    list(107, SCOPE); /* which has ended by now */
    expect_programs("MATLAB bash rsync sshd");
    move(LEADER, SCOPE "/a");
    expect_programs("MATLAB bash rsync sshd");
}

static void a_program_is_known_by_every_name_it_goes_by(void **state)
{
    (void)state;
    run(101, SCOPE, "a-very-long-nam", "/opt/a-very-long-name-indeed");
    run(102, SCOPE, "matlab", "/usr/bin/dash"); /* a script */
    run(103, SCOPE, "upgraded", "/usr/bin/upgraded (deleted)");
    run(104, SCOPE, "a) b (\n c", NULL);
    run(105, SCOPE, "", "/usr/bin/nameless");
    expect_programs("a) b (\n c a-very-long-nam a-very-long-name-indeed dash matlab nameless sshd upgraded");
}

static void what_cannot_be_seen_whole_is_unknown(void **state)
{
    (void)state;
    static const char *const scopes[] = {NULL, "session-30.scope", "session-3.scop", "3.scope",
                                         "user-1.slic"};
    for (size_t i = 0; i < sizeof scopes / sizeof scopes[0]; i++) {
        look(CF_PROCESSES_FIELDS, scopes[i]);
        assert_null(record.programs);
        assert_true(record.cpu == CF_NUMBER_UNKNOWN);
    }
    move(LEADER, SLICE "/session-4.scope");
    expect_programs("unknown");
    move(LEADER, SCOPE);
    expect_programs("sshd");
    run(101, SCOPE "/1/2/3/4/5/6/7/8", "deep", NULL);
    expect_programs("deep sshd");
    run(102, SCOPE "/1/2/3/4/5/6/7/8/9", "too deep", NULL);
    expect_programs("unknown");
    put("proc/self/mounts", "cgroup /sys/fs/cgroup/systemd cgroup rw,name=systemd 0 0\n");
    look(CF_PROCESSES_FIELDS, "session-3.scope");
    assert_true(record.cpu == CF_NUMBER_UNKNOWN);
}

static void use_time(const char *cgroup, int64_t used)
{
    char name[256], text[64];
    (void)snprintf(name, sizeof name, "cgroup%s/cpu.stat", cgroup);
    (void)snprintf(text, sizeof text, "usage_usec %lld\n", (long long)used);
    put(name, text);
}

/* The processes change here without any: by that is seen that nobody looks at them. */
static void programs_are_looked_for_again_once_processor_time_was_used(void **state)
{
    (void)state;
    static const uint64_t programs = CF_FIELD_BIT(CF_FIELD_PROGRAMS), cpu = CF_FIELD_BIT(CF_FIELD_CPU);
    expect_programs_by(programs, "sshd");
    run(101, SCOPE, "bash", NULL);
    expect_programs_by(programs, "sshd");
    expect_programs_by(programs | cpu, "sshd");
    look(cpu, "session-3.scope"); /* which tells nothing of programs */
    assert_null(record.programs);
    use_time(SCOPE, 1500001);
    expect_programs_by(programs, "bash sshd");
    run(102, manager, "make", NULL);
    use_time(manager, 0); /* it has begun */
    expect_programs_by(programs, "bash make sshd");
    run(103, manager, "rsync", NULL);
    expect_programs_by(programs, "bash make sshd");
    use_time(manager, 1);
    expect_programs_by(programs, "bash make rsync sshd");
    use_time(manager, 0); /* it has begun anew */
    run(104, manager, "matlab", NULL);
    expect_programs_by(programs, "bash make matlab rsync sshd");
    cf_programs_finish(&last);
}

/* What could not be read, or was of another session, is no more known the next time. */
static void programs_that_are_not_known_are_looked_for(void **state)
{
    (void)state;
    static const uint64_t programs = CF_FIELD_BIT(CF_FIELD_PROGRAMS);
    expect_programs_by(programs, "sshd");
    put("cgroup" SCOPE "/cpu.stat", "");
    run(101, SCOPE, "bash", NULL);
    expect_programs_by(programs, "bash sshd");
    run(102, SCOPE, "make", NULL);
    expect_programs_by(programs, "bash make sshd");
    use_time(SCOPE, 5);
    expect_programs_by(programs, "bash make sshd");
    move(LEADER, SLICE "/session-4.scope");
    expect_programs_by(programs, "unknown");
    move(LEADER, SCOPE);
    run(103, SCOPE, "rsync", NULL);
    expect_programs_by(programs, "bash make rsync sshd");
    run(104, SCOPE "/1/2/3/4/5/6/7/8/9", "too deep", NULL);
    use_time(SCOPE, 6);
    expect_programs_by(programs, "unknown");
    expect_programs_by(programs, "unknown");
    cf_programs_finish(&last);
}

static void too_many_processes_have_no_list(void **state)
{
    (void)state;
    static char ended[4095 * 2];
    for (size_t i = 0; i < sizeof ended; i += 2)
        memcpy(ended + i, "9\n", 2);
    put_bytes("cgroup" SCOPE "/cgroup.procs", "ae", ended, sizeof ended);
    expect_programs("sshd");
    list(LEADER, SCOPE);
    expect_programs("unknown");
    look(CF_PROCESSES_FIELDS, "session-3.scope");
    assert_true(record.cpu == 1500000);
}

/* Once somebody reads the list, the leader's number is another's. */
static void take_over(void *data)
{
    (void)data;
    char path[256];
    path_of(path, "cgroup" SCOPE "/cgroup.procs");
    FILE *list_of = fopen(path, "we");
    move(LEADER, SLICE "/session-4.scope");
    (void)fprintf(list_of, "%d\n", LEADER);
    (void)fclose(list_of);
}

static void a_session_that_ends_while_it_is_read_tells_nothing(void **state)
{
    (void)state;
    char path[256];
    uv_thread_t thread;
    path_of(path, "cgroup" SCOPE "/cgroup.procs");
    assert_int_equal(remove(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    tell(LEADER, "environ", "LANG=pt_BR", 10);
    assert_int_equal(uv_thread_create(&thread, take_over, NULL), 0);
    look(CF_PROCESSES_FIELDS, "session-3.scope");
    assert_int_equal(uv_thread_join(&thread), 0);
    assert_null(record.programs);
    assert_null(record.language);
    assert_true(record.cpu == CF_NUMBER_UNKNOWN);
}

static void processes_are_listed_by_number(void **state)
{
    (void)state;
    char proc[256];
    path_of(proc, "proc");
    run(103, SCOPE, "a name (of two)", NULL);
    run(104, manager, "pipewire", NULL); /* no single session's */
    char **processes = cf_processes_list(LEADER, "session-3.scope", proc);
    assert_string_equal(processes[0], "100 sshd");
    assert_string_equal(processes[1], "103 a name (of two)");
    assert_null(processes[2]);
    for (char **process = processes; *process; process++)
        free(*process);
    free(processes);
    assert_null(cf_processes_list(LEADER, "session-4.scope", proc));
    assert_null(cf_processes_list(LEADER, NULL, proc));
    assert_null(cf_processes_list(999, "session-3.scope", proc));
}

/* ---- Processor time ---- */

static void processor_time_is_the_scopes_and_the_managers(void **state)
{
    (void)state;
    char stat[128];
    look(CF_FIELD_BIT(CF_FIELD_CPU), "session-3.scope");
    assert_true(record.cpu == 1500000);
    assert_null(record.programs);
    (void)snprintf(stat, sizeof stat, "cgroup%s/cpu.stat", manager);
    put(stat, "usage_usec 250000\n");
    look(CF_FIELD_BIT(CF_FIELD_CPU), "session-3.scope");
    assert_true(record.cpu == 1750000);
    put(stat, "nr_periods 0\n");
    look(CF_FIELD_BIT(CF_FIELD_CPU), "session-3.scope");
    assert_true(record.cpu == CF_NUMBER_UNKNOWN);
    look(CF_FIELD_BIT(CF_FIELD_PROGRAMS), "session-3.scope");
    assert_non_null(record.programs);
    assert_true(record.cpu == CF_NUMBER_UNKNOWN);
}

/* ---- Language ---- */

#define TOLD(text) text, sizeof text

static void language_follows_the_locale(void **state)
{
    (void)state;
    static const struct {
        const char *environment;
        size_t length;
        const char *language;
    } rows[] = {
        {TOLD("LANG=pt_BR.UTF-8"), "pt_BR"},
        {TOLD("HOME=/\0LANG=de_AT@euro"), "de_AT"},
        {TOLD("LANG=eo"), "eo"},
        {TOLD("LANG=es_419.UTF-8"), "es_419"},
        {TOLD("LANG=fr_FR\0LC_MESSAGES=pt_BR\0LC_TIME=C"), "pt_BR"},
        {TOLD("LANG=fr_FR\0LC_ALL=it_IT\0LC_MESSAGES=pt_BR"), "it_IT"},
        {TOLD("LC_ALL=\0LC_MESSAGES=\0LANG=pt_BR"), "pt_BR"},
        {TOLD("LANG=pt_BR\0LC_ALL=C.UTF-8"), NULL},
        {TOLD("LANG=POSIX"), NULL},
        {TOLD("LANG=../../etc/passwd"), NULL},
        {TOLD("LANG=pt_../x"), NULL},
        {TOLD("LANG=pt/../x"), NULL},
        {TOLD("LANG=pt_BRASIL"), NULL},
        {TOLD("LANG=portuguese"), NULL},
        {TOLD("LANG=p"), NULL},
        {TOLD("XLANG=pt_BR\0LANGUAGE=pt_BR\0LANG"), NULL},
        {"LANG=pt_BR", 10, "pt_BR"}, /* whose end is missing */
        {"", 0, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        tell(LEADER, "environ", rows[i].environment, rows[i].length);
        look(CF_FIELD_BIT(CF_FIELD_LANGUAGE), "session-3.scope");
        assert_string_equal(record.language ? record.language : "unknown",
                            rows[i].language ? rows[i].language : "unknown");
    }
}

static void language_is_what_the_eldest_process_was_told(void **state)
{
    (void)state;
    static char huge[1 << 20];
    memset(huge, 'L', sizeof huge);
    tell(LEADER, "environ", huge, sizeof huge);
    run(99, manager, "systemd", NULL);
    tell(99, "environ", TOLD("LANG=fr_FR"));
    look(CF_PROCESSES_FIELDS, "session-3.scope");
    assert_string_equal(record.language, "fr_FR");
    run(102, SCOPE, "younger", NULL);
    tell(102, "environ", TOLD("LANG=de_DE"));
    run(101, SCOPE, "elder) 1 2 3", NULL);
    tell(101, "environ", TOLD("LANG=pt_BR"));
    run(103, SCOPE, "younger", NULL);
    tell(103, "environ", TOLD("LANG=it_IT"));
    look(CF_PROCESSES_FIELDS, "session-3.scope");
    assert_string_equal(record.language, "pt_BR");
    user++; /* of whom none of these is */
    look(CF_PROCESSES_FIELDS, "session-3.scope");
    assert_null(record.language);
    user--;
    tell(101, "environ", TOLD("LANG=C"));
    look(CF_PROCESSES_FIELDS, "session-3.scope");
    assert_null(record.language);
    tell(101, "environ", TOLD("HOME=/"));
    look(CF_PROCESSES_FIELDS, "session-3.scope");
    assert_string_equal(record.language, "de_DE");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_set_up, tree_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(programs_are_those_of_the_scope_and_of_the_users_manager),
        TEST(a_program_is_known_by_every_name_it_goes_by),
        TEST(what_cannot_be_seen_whole_is_unknown),
        TEST(programs_are_looked_for_again_once_processor_time_was_used),
        TEST(programs_that_are_not_known_are_looked_for),
        TEST(too_many_processes_have_no_list),
        TEST(a_session_that_ends_while_it_is_read_tells_nothing),
        TEST(processes_are_listed_by_number),
        TEST(processor_time_is_the_scopes_and_the_managers),
        TEST(language_follows_the_locale),
        TEST(language_is_what_the_eldest_process_was_told),
    };
    user = getuid();
    cf_session_init(&record);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    cf_session_finish(&record);
    return failed;
}
