/*
 * Which terminals count for a session, by a made-up /proc and real pseudo-terminals: those of its processes
 * and of their children, wherever a service manager put them; and what they tell together.
 */
#include "logind/sources.h"

#include "base/memory.h"
#include "base/text.h"

#include "tree.h"

#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>

enum { SSHD = 101, SHELL = 102, SERVER = 201, PANE = 202 };
enum { EARLY = 1000000, LATE = 2000000 };

static struct cf_sources sources;

/* ---- Terminals and processes ---- */

struct line {
    int master, slave;
    unsigned device;
    char path[64];
};

static void open_line(struct line *line, time_t input, time_t output)
{
    struct stat st;
    assert_int_equal(openpty(&line->master, &line->slave, line->path, NULL, NULL), 0);
    assert_int_equal(fstat(line->slave, &st), 0);
    line->device = (unsigned)st.st_rdev;
    assert_int_equal(futimens(line->slave, (struct timespec[]){{input, 0}, {output, 0}}), 0);
}

static void close_line(struct line *line)
{
    (void)close(line->master);
    (void)close(line->slave);
}

/* A process as `run`, with a parent and a terminal (0: none), and no children yet. */
static void start(int pid, int parent, unsigned device, const char *cgroup, const char *comm)
{
    char text[256];
    run(pid, cgroup, comm, NULL);
    int length = snprintf(text, sizeof text, "%d (%s) S %d 1 1 %d -1 0", pid, comm, parent, (int)device);
    tell(pid, "stat", text, (size_t)length);
    tell(pid, "environ", "HOME=/", 7);
    (void)snprintf(text, sizeof text, "task/%d/children", pid);
    tell(pid, text, "", 0);
    (void)snprintf(text, sizeof text, "proc/%d/fd/3", pid);
    put(text, "");
}

/* The standard files of a process. */
static void set_file(int pid, int fd, const char *to)
{
    char name[64], path[256];
    (void)snprintf(name, sizeof name, "proc/%d/fd/%d", pid, fd);
    path_of(path, name);
    assert_int_equal(symlink(to, path), 0);
}

static void give_birth(int pid, int thread, int child)
{
    char name[64], text[16];
    (void)snprintf(name, sizeof name, "proc/%d/task/%d/children", pid, thread);
    put_bytes(name, "ae", text, (size_t)snprintf(text, sizeof text, "%d ", child));
}

static void look(const struct cf_sources_of *session)
{
    char proc[256];
    path_of(proc, "proc");
    cf_sources_finish(&sources);
    cf_sources_find(&sources, session, proc);
}

static struct cf_sources_of plain(void)
{
    return (struct cf_sources_of){
        .leader = LEADER, .uid = getuid(), .unit = "session-3.scope", .displays = true};
}

/* Looks at the session and compares: the last input's second, or "unknown". */
static void expect_input(int64_t second)
{
    const struct cf_sources_of session = plain();
    look(&session);
    int64_t expected = second < 0 ? CF_UNKNOWN_US : cf_terminal_latest(second).us;
    assert_true(cf_sources_input(&sources).us == expected);
}

static const struct cf_source *source(const struct line *line)
{
    for (size_t i = 0; i < sources.count; i++)
        if (strcmp(sources.terminals[i].path, line->path) == 0)
            return &sources.terminals[i];
    return NULL;
}

/* An ssh session: its leader, sshd's other process, and a shell on a terminal. */
static struct line shell;

static int set_up_ssh(void **state)
{
    if (set_up(state) != 0)
        return -1;
    open_line(&shell, EARLY, EARLY);
    char path[256];
    path_of(path, "cgroup" SCOPE "/cgroup.procs");
    (void)remove(path);
    start(LEADER, 1, 0, SCOPE, "sshd");
    start(SSHD, LEADER, 0, SCOPE, "sshd");
    start(SHELL, SSHD, shell.device, SCOPE, "bash");
    give_birth(LEADER, LEADER, SSHD);
    give_birth(SSHD, SSHD, SHELL);
    return 0;
}

static int tear_down_ssh(void **state)
{
    cf_sources_finish(&sources);
    close_line(&shell);
    return tear_down(state);
}

/* ---- Which count ---- */

static void a_shells_terminal_counts(void **state)
{
    (void)state;
    expect_input(EARLY);
    assert_int_equal(sources.count, 1);
    assert_false(sources.server);
    assert_false(source(&shell)->served);
}

static void so_does_each_of_many_shells(void **state)
{
    (void)state;
    enum { SHELLS = 40 };
    struct line lines[SHELLS];
    for (int i = 0; i < SHELLS; i++) {
        open_line(&lines[i], i == SHELLS - 1 ? LATE : EARLY, EARLY);
        start(300 + i, SSHD, lines[i].device, SCOPE, "bash");
    }
    expect_input(LATE);
    assert_int_equal(sources.count, SHELLS + 1);
    for (int i = 0; i < SHELLS; i++)
        close_line(&lines[i]);
    expect_input(EARLY); /* they vanished, and nobody types there */
    assert_int_equal(sources.count, 1);
}

/* A server left to itself, as tmux's: its pane is in a scope of the user's service manager. */
static void panes_count_wherever_they_are(void **state)
{
    (void)state;
    char spawned[128], other[128];
    struct line pane, stranger;
    open_line(&pane, LATE, LATE);
    open_line(&stranger, LATE + 1000, LATE);
    (void)snprintf(spawned, sizeof spawned, "%s/tmux-spawn-1.scope", manager);
    (void)snprintf(other, sizeof other, "%s/other.scope", manager);
    start(SERVER, 1, 0, SCOPE, "tmux: server");
    start(PANE, SERVER, pane.device, spawned, "bash");
    start(203, 1, stranger.device, other, "bash"); /* nobody's child here */
    expect_input(EARLY);
    assert_false(sources.server);
    give_birth(SERVER, SERVER, PANE);
    expect_input(LATE);
    assert_true(sources.server);
    assert_true(source(&pane)->served);
    assert_false(source(&shell)->served);

    /* And what was left to itself in there. */
    close_line(&stranger);
    open_line(&stranger, LATE + 2000, LATE);
    start(204, 1, stranger.device, spawned, "bash");
    expect_input(LATE + 2000);
    close_line(&pane);
    close_line(&stranger);
}

static void a_servers_parent_may_still_be_there(void **state)
{
    (void)state;
    struct line pane;
    open_line(&pane, LATE, LATE);
    start(200, SHELL, shell.device, SCOPE, "screen");
    start(SERVER, 200, 0, SCOPE, "screen"); /* the server is the child of who looks at it */
    start(PANE, SERVER, pane.device, SCOPE, "bash");
    expect_input(LATE);
    assert_true(source(&pane)->served);
    close_line(&pane);
}

static void children_of_any_thread_count(void **state)
{
    (void)state;
    struct line line;
    open_line(&line, LATE, LATE);
    start(PANE, SHELL, line.device, "/machine.slice/machine-1.scope", "bash");
    tell(SHELL, "task/150/children", "", 0);
    expect_input(EARLY);
    give_birth(SHELL, 150, PANE);
    expect_input(LATE);
    /* One that is in no scope counts by itself, with its own children. */
    move(PANE, "/system.slice/x.service");
    expect_input(LATE);
    close_line(&line);
}

static void another_session_is_another(void **state)
{
    (void)state;
    struct line line;
    open_line(&line, LATE, LATE);
    start(PANE, SHELL, line.device, SLICE "/session-4.scope", "bash");
    give_birth(SHELL, SHELL, PANE);
    expect_input(EARLY);
    close_line(&line);
}

static void standard_files_count_too(void **state)
{
    (void)state;
    struct line line;
    open_line(&line, LATE, LATE);
    start(300, SHELL, 0, SCOPE, "setsid");
    set_file(300, 0, line.path);
    set_file(300, 1, "/dev/null");
    set_file(300, 2, "socket:[1]");
    expect_input(LATE);
    close_line(&line);
    char gone[80];
    (void)snprintf(gone, sizeof gone, "%s (deleted)", line.path);
    start(301, SHELL, 0, SCOPE, "nohup");
    set_file(301, 1, gone);
    expect_input(EARLY);
}

static void a_named_terminal_counts_if_it_is_the_users(void **state)
{
    (void)state;
    struct line line;
    open_line(&line, LATE, LATE);
    struct cf_sources_of session = plain();
    session.tty = line.path + strlen("/dev/");
    look(&session);
    assert_true(cf_sources_input(&sources).us == cf_terminal_latest(LATE).us);
    session.uid++; /* who owns none of them */
    look(&session);
    assert_null(source(&line));
    assert_non_null(source(&shell)); /* looked at, for it is its process's */
    assert_true(cf_sources_input(&sources).us == CF_UNKNOWN_US);
    assert_false(cf_sources_write(&sources, session.uid, "x", 1));
    close_line(&line);
}

/* ---- Unknown is never idle ---- */

static void what_cannot_be_read_is_unknown(void **state)
{
    (void)state;
    char path[256];
    const struct cf_sources_of session = plain();
    expect_input(EARLY);
    path_of(path, "cgroup" SCOPE "/cgroup.procs");
    char hidden[256];
    path_of(hidden, "cgroup" SCOPE "/hidden");
    assert_int_equal(rename(path, hidden), 0);
    assert_int_equal(mkdir(path, 0700), 0); /* which is no list that could be read */
    expect_input(-1);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(rename(hidden, path), 0);
    expect_input(EARLY);

    /* A leader who is elsewhere, no scope, no cgroups at all. */
    move(LEADER, SLICE "/session-4.scope");
    expect_input(-1);
    move(LEADER, SCOPE);
    struct cf_sources_of nowhere = session;
    nowhere.unit = NULL;
    look(&nowhere);
    assert_true(cf_sources_input(&sources).us == CF_UNKNOWN_US);
    put("proc/self/mounts", "proc /proc proc rw 0 0\n");
    expect_input(-1);
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
    for (int i = 0; i < CF_SOURCES_THREADS - 2; i++) { /* and one each of three processes: one too many */
        char name[64], path[256];
        if (i == CF_SOURCES_THREADS - 3)
            expect_input(EARLY);
        (void)snprintf(name, sizeof name, "proc/%d/task/%d", SHELL, 10000 + i);
        path_of(path, name);
        assert_int_equal(symlink("nowhere", path), 0); /* a thread that has ended */
    }
    expect_input(-1);
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
        struct cf_sources_of session = plain();
        session.displays = false;
        look(&session);
        assert_true(cf_sources_input(&sources).us == cf_terminal_latest(EARLY).us);
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        start(300, 1, 0, SCOPE, others[i]);
        expect_input(EARLY);
    }
}

#define TOLD(text) text, sizeof text

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

/* ---- Displays' sessions, and other sessions of the user ---- */

static void of_a_displays_session_what_it_serves_counts(void **state)
{
    (void)state;
    struct line pane;
    struct cf_sources_of session = plain();
    session.graphical = true;
    open_line(&pane, LATE, LATE);
    look(&session);
    assert_int_equal(sources.count, 0);
    start(SERVER, 1, 0, SCOPE, "tmux: server");
    start(PANE, SERVER, pane.device, SCOPE, "bash");
    look(&session);
    assert_int_equal(sources.count, 1);
    assert_true(source(&pane)->served);
    assert_true(sources.server);
    close_line(&pane);
}

static void another_session_is_looked_at_and_not_written_to(void **state)
{
    (void)state;
    struct line there;
    char proc[256];
    open_line(&there, LATE, LATE);
    start(400, 1, 0, SLICE "/session-4.scope", "sshd");
    start(401, 400, there.device, SLICE "/session-4.scope", "bash");
    struct cf_sources_of other = plain();
    other.leader = 400;
    other.unit = "session-4.scope";
    expect_input(EARLY);
    path_of(proc, "proc");
    cf_sources_add_elsewhere(&sources, &other, proc);
    assert_true(cf_sources_input(&sources).us == cf_terminal_latest(LATE).us);
    assert_true(cf_sources_output(&sources).us == cf_terminal_latest(EARLY).us);
    assert_true(cf_sources_write(&sources, getuid(), "x", 1));
    int waiting = 0;
    assert_int_equal(ioctl(there.master, FIONREAD, &waiting), 0);
    assert_int_equal(waiting, 0);
    tell(401, "environ", TOLD("DISPLAY=:1"));
    expect_input(EARLY);
    cf_sources_add_elsewhere(&sources, &other, proc);
    assert_true(cf_sources_input(&sources).us == CF_UNKNOWN_US);
    close_line(&there);
}

/* ---- Output and writing ---- */

static void what_we_write_is_no_output(void **state)
{
    (void)state;
    const struct cf_sources_of session = plain();
    look(&session);
    assert_true(cf_sources_output(&sources).us == cf_terminal_latest(EARLY).us);
    for (int i = 0; i < 3; i++) {
        assert_true(cf_sources_write(&sources, getuid(), "hello", 5));
        cf_sources_read_again(&sources);
        assert_true(sources.terminals[0].times.output > EARLY);
        assert_true(cf_sources_output(&sources).us == cf_terminal_latest(EARLY).us);
    }
    assert_int_equal(futimens(shell.slave, (struct timespec[]){{EARLY, 0}, {LATE, 0}}), 0); /* others' */
    cf_sources_read_again(&sources);
    assert_true(cf_sources_output(&sources).us == cf_terminal_latest(LATE).us);
    assert_true(cf_sources_write(&sources, getuid(), "hello", 5));
    cf_sources_read_again(&sources);
    assert_true(cf_sources_output(&sources).us == cf_terminal_latest(LATE).us);
}

/* A pane takes everything, whoever looks at it, so it is no proof while there is another terminal. */
static void served_terminals_alone_take_a_warning(void **state)
{
    (void)state;
    struct line pane;
    open_line(&pane, LATE, LATE);
    start(SERVER, 1, 0, SCOPE, "tmux: server");
    start(PANE, SERVER, pane.device, SCOPE, "bash");
    expect_input(LATE);
    assert_int_equal(tcflow(shell.slave, TCOOFF), 0); /* as by Ctrl-S */
    assert_false(cf_sources_write(&sources, getuid(), "hello", 5));
    char shown[16] = "";
    assert_int_equal(read(pane.master, shown, sizeof shown - 1), 5);
    assert_int_equal(tcflow(shell.slave, TCOON), 0);
    assert_true(cf_sources_write(&sources, getuid(), "hello", 5));
    close_line(&shell);
    cf_sources_read_again(&sources);
    assert_true(cf_sources_write(&sources, getuid(), "hello", 5));
    open_line(&shell, EARLY, EARLY);
    close_line(&pane);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_ssh, tear_down_ssh)
    const struct CMUnitTest tests[] = {
        TEST(a_shells_terminal_counts),
        TEST(so_does_each_of_many_shells),
        TEST(panes_count_wherever_they_are),
        TEST(a_servers_parent_may_still_be_there),
        TEST(children_of_any_thread_count),
        TEST(another_session_is_another),
        TEST(standard_files_count_too),
        TEST(a_named_terminal_counts_if_it_is_the_users),
        TEST(what_cannot_be_read_is_unknown),
        TEST(systemds_own_hierarchy_does_as_well),
        TEST(a_terminal_of_an_unknown_kind_is_unknown),
        TEST(too_much_is_unknown),
        TEST(a_display_is_unknown),
        TEST(so_is_what_names_one),
        TEST(of_a_displays_session_what_it_serves_counts),
        TEST(another_session_is_looked_at_and_not_written_to),
        TEST(what_we_write_is_no_output),
        TEST(served_terminals_alone_take_a_warning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
