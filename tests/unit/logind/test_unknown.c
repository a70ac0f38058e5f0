/* Unknown is never idle: what cannot be read of a session, is too much, or is a display, makes it so. */
#include "ssh.h"

#include <sys/resource.h>
#include <uv.h>

/* The session's terminal is named, so that it has one whatever becomes of its processes. */
static void expect_unknown(bool unknown)
{
    struct cf_search_of session = plain();
    session.tty = shell.path;
    look(&session);
    assert_int_equal(sources.count, 1);
    assert_int_equal(cf_sources_input(&sources).us == CF_UNKNOWN_US, unknown);
    assert_int_equal(cf_sources_output(&sources).us == CF_UNKNOWN_US, unknown);
}

/* Puts a link to itself in the place of a file, which is an error for anybody, and the file back. */
static void spoil(const char *name, bool spoilt)
{
    char path[256], hidden[300];
    path_of(path, name);
    (void)snprintf(hidden, sizeof hidden, "%s.hidden", path);
    if (spoilt) {
        assert_int_equal(rename(path, hidden), 0);
        assert_int_equal(symlink(path, path), 0);
    } else {
        assert_int_equal(remove(path), 0);
        assert_int_equal(rename(hidden, path), 0);
    }
}

static void what_cannot_be_read_is_unknown(void **state)
{
    (void)state;
    static const char *const names[] = {"cgroup" SCOPE,  "cgroup" SCOPE "/cgroup.procs",
                                        "proc/102",      "proc/102/cgroup",
                                        "proc/102/stat", "proc/102/environ",
                                        "proc/102/task", "proc/102/task/102/children",
                                        "proc/500",      "proc/500/cgroup",
                                        "proc/500/stat"};
    start(500, SHELL, 0, "/machine.slice/machine-1.scope", "bash");
    give_birth(SHELL, SHELL, 500);
    expect_unknown(false);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        spoil(names[i], true);
        expect_unknown(true);
        spoil(names[i], false);
        expect_unknown(false);
    }
    char path[256];
    path_of(path, "proc/102/fd/0");
    assert_int_equal(mkdir(path, 0700), 0); /* which is no link */
    expect_unknown(true);
    assert_int_equal(rmdir(path), 0);
    start(500, 1, 0, "/machine.slice/machine-1.scope", "bash"); /* which is no child of this one */
    expect_unknown(true);
}

/* Also where something else has ended right before, for then errno is of that. */
static void what_makes_no_sense_is_unknown(void **state)
{
    (void)state;
    char stat[128];
    (void)snprintf(stat, sizeof stat, "102 (bash) S 101 1 1 %d -1 0 0 0 0 0 0 0 0 0 20 0 1 0 102 0",
                   (int)shell.device);
    const struct {
        const char *name, *text, *usual;
    } files[] = {
        {"proc/102/stat", "102 (bash", stat},
        {"proc/102/stat", "", stat},
        {"proc/102/cgroup", "0:\n", "0::" SCOPE "\n"},
        {"proc/500/cgroup", "x", "0::/machine.slice/machine-1.scope\n"},
        {"proc/102/task/102/children", "x 500", "500 "},
        {"cgroup" SCOPE "/cgroup.procs", "100\n101\n102\nx", "100\n101\n102\n"},
    };
    start(500, SHELL, 0, "/machine.slice/machine-1.scope", "bash");
    give_birth(SHELL, SHELL, 500);
    give_birth(LEADER, LEADER, 501); /* which has ended */
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        put(files[i].name, files[i].usual);
        expect_unknown(false);
        put(files[i].name, files[i].text);
        expect_unknown(true);
        put(files[i].name, files[i].usual);
    }
}

static void what_is_no_more_is_no_more(void **state)
{
    (void)state;
    give_birth(SHELL, SHELL, 500); /* which has ended */
    list(501, SCOPE);
    char path[256];
    path_of(path, "proc/102/environ");
    assert_int_equal(remove(path), 0);
    expect_unknown(false);
}

static void a_session_that_is_not_found_is_unknown(void **state)
{
    (void)state;
    expect_unknown(false);
    move(LEADER, SLICE "/session-4.scope");
    expect_unknown(true);
    move(LEADER, SCOPE);
    struct cf_search_of nowhere = plain();
    nowhere.tty = shell.path;
    nowhere.unit = NULL;
    look(&nowhere);
    assert_int_equal(sources.count, 1);
    assert_true(cf_sources_input(&sources).us == CF_UNKNOWN_US);
    put("proc/self/mounts", "proc /proc proc rw 0 0\n");
    expect_unknown(true);
}

/* Once somebody reads what its shell was told, the leader's number is another's. */
static void take_over(void *data)
{
    (void)data;
    char path[256];
    path_of(path, "proc/102/environ");
    FILE *environment = fopen(path, "we");
    move(LEADER, SLICE "/session-4.scope");
    (void)fclose(environment);
}

static void a_session_that_ends_while_it_is_read_is_unknown(void **state)
{
    (void)state;
    char path[256];
    uv_thread_t thread;
    path_of(path, "proc/102/environ");
    assert_int_equal(remove(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(uv_thread_create(&thread, take_over, NULL), 0);
    expect_unknown(true);
    assert_int_equal(uv_thread_join(&thread), 0);
}

static void what_the_user_has_elsewhere_and_cannot_be_read_is_unknown(void **state)
{
    (void)state;
    char proc[256];
    path_of(proc, "proc");
    struct cf_search_of other = plain();
    other.leader = 400;
    other.unit = "session-4.scope";
    expect_unknown(false);
    cf_search_elsewhere(&sources, &other, proc);
    assert_true(cf_sources_input(&sources).us == CF_UNKNOWN_US);

    /* And terminals elsewhere alone are no word of this one. */
    start(400, 1, 0, SLICE "/session-4.scope", "sshd");
    start(401, 400, shell.device, SLICE "/session-4.scope", "bash");
    start(SHELL, SSHD, 0, SCOPE, "cat");
    expect_input(-1);
    cf_search_elsewhere(&sources, &other, proc);
    assert_int_equal(sources.count, 1);
    assert_true(cf_sources_input(&sources).us == CF_UNKNOWN_US);
}

static void more_terminals_than_the_limit_are_unknown(void **state)
{
    (void)state;
    static struct line lines[CF_SOURCES_TERMINALS];
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
    for (int i = 0; i < CF_SOURCES_TERMINALS; i++) {
        open_line(&lines[i], EARLY, EARLY);
        start(1000 + i, SSHD, lines[i].device, SCOPE, "bash");
        if (i == CF_SOURCES_TERMINALS - 2) /* and the shell's own */
            expect_input(EARLY);
    }
    expect_input(-1);
    assert_int_equal(sources.count, CF_SOURCES_TERMINALS);
    for (int i = 0; i < CF_SOURCES_TERMINALS; i++)
        close_line(&lines[i]);
}

static void systemds_own_hierarchy_does_as_well(void **state)
{
    (void)state;
    char mounts[256];
    (void)snprintf(mounts, sizeof mounts,
                   "c /nowhere cgroup rw,cpu 0 0\nc %s/cgroup cgroup rw,name=systemd 0 0\n", root);
    put("proc/self/mounts", mounts);
    for (int pid = LEADER; pid <= SHELL; pid++)
        tell(pid, "cgroup", "2:cpu:/\n1:name=systemd:" SCOPE "\n0::/\n",
             strlen("2:cpu:/\n1:name=systemd:" SCOPE "\n0::/\n"));
    expect_input(EARLY);
}

static void a_terminal_of_an_unknown_kind_is_unknown(void **state)
{
    (void)state;
    start(300, SHELL, 0xFFF42, SCOPE, "bash");
    expect_input(-1);
}

static void too_much_is_unknown(void **state)
{
    (void)state;
    give_stat(SHELL, SSHD, shell.device, CF_SEARCH_THREADS - 1, "bash");
    for (int i = 0; i < CF_SEARCH_THREADS - 2; i++) { /* and one each of three processes: one too many */
        char name[64], path[256];
        if (i == CF_SEARCH_THREADS - 3)
            expect_input(EARLY);
        (void)snprintf(name, sizeof name, "proc/%d/task/%d", SHELL, 10000 + i);
        path_of(path, name);
        assert_int_equal(symlink("nowhere", path), 0); /* a thread that has ended */
    }
    expect_input(-1);
}

/* An editor's server, with a terminal of its own, by an ssh connection that has no other; and beside a shell.
 */
static void what_sshd_runs_without_a_terminal_is_unknown(void **state)
{
    (void)state;
    struct line line;
    open_line(&line, EARLY, EARLY);
    expect_input(EARLY);
    start(300, SSHD, 0, SCOPE, "bash");
    expect_input(-1);
    assert_true(sources.channel);
    char text[64];
    int length =
        snprintf(text, sizeof text, "300 (bash) Z %d 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 300 0", SSHD);
    tell(300, "stat", text, (size_t)length); /* which has ended, and is not buried yet */
    expect_input(EARLY);
    start(300, LEADER, 0, SCOPE, "helper"); /* of a PAM module */
    expect_input(EARLY);
    start(SHELL, 1, 0, SCOPE, "node"); /* left to itself, with all that it serves */
    start(301, SHELL, line.device, SCOPE, "bash");
    expect_input(-1);
    assert_int_equal(sources.count, 1);
    assert_false(sources.incomplete || sources.channel);
    close_line(&line);
}

static void a_display_is_unknown(void **state)
{
    (void)state;
    static const char *const servers[] = {"Xvnc", "Xorg", "Xtigervnc", "X", "nxagent", "weston"};
    static const char *const others[] = {"XFOO", "xterm", "xauth", "X11-forward", "Xa 1"};
    for (size_t i = 0; i < sizeof servers / sizeof servers[0]; i++) {
        start(300, 1, 0, SCOPE, servers[i]);
        expect_input(-1);
        assert_true(sources.display);
        struct cf_search_of session = plain();
        session.displays = false;
        look(&session);
        assert_true(cf_sources_input(&sources).us == cf_terminal_latest(EARLY).us);
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        start(300, 1, 0, SCOPE, others[i]);
        expect_input(EARLY);
    }
}

static void so_is_what_names_one(void **state)
{
    (void)state;
    static const struct {
        const char *environment;
        size_t length;
        bool display;
    } rows[] = {
        {TOLD("DISPLAY=:0"), true},
        {TOLD("A=1\0DISPLAY=localhost:10.0\0B=2"), true},
        {TOLD("A=1\0WAYLAND_DISPLAY=wayland-0"), true},
        {TOLD("DISPLAY="), false},
        {TOLD("DISPLAY=\0A=DISPLAY=:0\0XDISPLAY=:0"), false},
        {TOLD("DISPLAYS=:0\0DISPLAY"), false},
        {"", 0, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        tell(SHELL, "environ", rows[i].environment, rows[i].length);
        expect_input(rows[i].display ? -1 : EARLY);
    }
    /* Wherever it stands, also across what is read at once; and not where the letters are in another's value.
     */
    static char large[40000];
    for (size_t at = 1;
         at<sizeof large - 16; at += at % 16384> 16384 - 40 ? 1 : 16384 - 40 - at % 16384 + 1) {
        for (int begins = 0; begins < 2; begins++) {
            memset(large, 'x', sizeof large);
            memcpy(large + at, "DISPLAY=:0", 11);
            large[at - 1] = begins ? '\0' : 'x';
            tell(SHELL, "environ", large, sizeof large);
            expect_input(begins ? -1 : EARLY);
        }
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_ssh, tear_down_ssh)
    const struct CMUnitTest tests[] = {
        TEST(what_cannot_be_read_is_unknown),
        TEST(what_makes_no_sense_is_unknown),
        TEST(what_is_no_more_is_no_more),
        TEST(a_session_that_is_not_found_is_unknown),
        TEST(a_session_that_ends_while_it_is_read_is_unknown),
        TEST(what_the_user_has_elsewhere_and_cannot_be_read_is_unknown),
        TEST(more_terminals_than_the_limit_are_unknown),
        TEST(systemds_own_hierarchy_does_as_well),
        TEST(a_terminal_of_an_unknown_kind_is_unknown),
        TEST(too_much_is_unknown),
        TEST(what_sshd_runs_without_a_terminal_is_unknown),
        TEST(a_display_is_unknown),
        TEST(so_is_what_names_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
