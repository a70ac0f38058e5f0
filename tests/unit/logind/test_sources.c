/*
 * Which terminals count for a session, by a made-up /proc and real pseudo-terminals: those of its processes
 * and of their children, wherever a service manager put them; and what they tell together.
 */
#include "ssh.h"

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

/* What a server has on somebody's own terminal does not make it its own. */
static void a_terminal_of_both_is_not_served(void **state)
{
    (void)state;
    start(50, 1, 0, SCOPE, "daemon");
    start(51, 50, shell.device, SCOPE, "job");
    expect_input(EARLY);
    assert_false(source(&shell)->served);
}

static void children_of_any_thread_count(void **state)
{
    (void)state;
    struct line line;
    open_line(&line, LATE, LATE);
    start(PANE, SHELL, line.device, "/machine.slice/machine-1.scope", "bash");
    give_stat(SHELL, SSHD, shell.device, 2, "bash");
    tell(SHELL, "task/150/children", "", 0);
    expect_input(EARLY);
    give_birth(SHELL, 150, PANE);
    expect_input(LATE);
    /* One that is in no scope counts by itself, with its own children. */
    move(PANE, "/system.slice/x.service");
    expect_input(LATE);
    close_line(&line);
}

/* ssh sessions whose terminal logind does not know are called by their first shell's. */
static void the_first_shell_names_it(void **state)
{
    (void)state;
    struct line second, pane;
    open_line(&second, LATE, LATE);
    open_line(&pane, LATE, LATE);
    start(SERVER - 190, 1, 0, SCOPE, "tmux: server");
    start(PANE - 190, SERVER - 190, pane.device, SCOPE, "bash"); /* older, but anybody may look at it */
    start(400, SSHD, second.device, SCOPE, "bash");
    expect_input(LATE);
    assert_string_equal(cf_sources_name(&sources), shell.path + strlen("/dev/"));
    move(SHELL, "/elsewhere.scope");
    expect_input(LATE);
    assert_string_equal(cf_sources_name(&sources), second.path + strlen("/dev/"));
    close_line(&second);
    expect_input(-1);
    assert_null(cf_sources_name(&sources));
    close_line(&pane);
}

/* For what logind has written down to be enough: once the shell has ended the session may be on its way out.
 */
static void plain_is_one_terminal_in_use(void **state)
{
    (void)state;
    struct line second, pane;
    expect_input(EARLY);
    assert_true(cf_sources_are_plain(&sources));
    open_line(&pane, LATE, LATE);
    start(SERVER, 1, 0, SCOPE, "tmux: server");
    start(PANE, SERVER, pane.device, SCOPE, "bash");
    expect_input(LATE);
    assert_true(cf_sources_are_plain(&sources)); /* a pane is not what it is called by */
    open_line(&second, LATE, LATE);
    start(400, SSHD, second.device, SCOPE, "bash");
    expect_input(LATE);
    assert_false(cf_sources_are_plain(&sources));
    close_line(&second);
    expect_input(LATE);
    assert_true(cf_sources_are_plain(&sources));
    tell(SHELL, "environ", TOLD("DISPLAY=:0"));
    expect_input(-1);
    assert_false(cf_sources_are_plain(&sources));
    move(SHELL, "/elsewhere.scope");
    expect_input(-1);
    assert_false(sources.display);
    assert_false(cf_sources_are_plain(&sources));
    close_line(&pane);
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
    struct cf_search_of session = plain();
    session.tty = line.path + strlen("/dev/");
    look(&session);
    assert_true(cf_sources_input(&sources).us == cf_terminal_latest(LATE).us);
    session.uid++; /* who owns none of them */
    look(&session);
    assert_null(source(&line));
    tell(SHELL, "environ", TOLD("DISPLAY=:0"));
    look(&session);
    assert_false(sources.display);   /* it is another's process */
    assert_non_null(source(&shell)); /* looked at, for it is its process's */
    assert_true(cf_sources_input(&sources).us == CF_UNKNOWN_US);
    assert_false(cf_sources_write(&sources, session.uid, "x", 1));
    close_line(&line);
}

/* ---- Displays' sessions, and other sessions of the user ---- */

static void of_a_displays_session_its_windows_count(void **state)
{
    (void)state;
    struct line pane;
    struct cf_search_of session = plain();
    session.graphical = true;
    open_line(&pane, LATE, LATE);
    look(&session);
    assert_int_equal(sources.count, 1); /* a window: a hint may be left of a desktop that has crashed */
    start(LEADER, 1, shell.device, SCOPE, "login");
    start(SSHD, LEADER, shell.device, SCOPE, "startx");
    look(&session);
    assert_int_equal(sources.count, 0); /* where it was begun nobody sits */
    start(SERVER, 1, 0, SCOPE, "tmux: server");
    start(PANE, SERVER, pane.device, SCOPE, "bash");
    look(&session);
    assert_int_equal(sources.count, 1);
    assert_true(source(&pane)->served);
    assert_true(sources.server);
    close_line(&pane);
}

/* Of one whose line has gone only who serves a second one counts, for what uses one may hang as it is read.
 */
static void a_second_display_beside_its_own(void **state)
{
    (void)state;
    enum { OWN = 400, OTHER = 401 };
    static const struct {
        const char *name;
        bool serves;
    } others[] = {{"x2goagent", true},     {"nxagent", true},         {"Xtigervnc", true},
                  {"Xvfb", true},          {"weston", true},          {"xterm", false},
                  {"tmux: server", false}, {"Xvfb-for-Xpra-:", true}, {"XtermX", false},
                  {"cosmic-comp", true},   {"Xsession", false},       {"gnome-shell", false},
                  {"mutter", false}};
    struct cf_search_of session = plain();
    session.graphical = true;
    session.own.server = OWN;
    session.displays = false;
    start(OWN, 1, 0, SCOPE, "x2goagent");
    look(&session);
    assert_false(sources.second);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        start(OTHER, 1, 0, SCOPE, others[i].name);
        tell(OTHER, "environ", TOLD("DISPLAY=:77"));
        look(&session);
        assert_int_equal(sources.second, others[i].serves);
        assert_false(sources.display);
    }
}

/* At a seat the machine's own server is the session's, and so is one compositor. */
static void a_second_display_at_a_seat(void **state)
{
    (void)state;
    static const struct {
        const char *first, *then;
        bool second;
    } pairs[] = {
        {"Xorg", "openbox", false},       {"Xorg", "Xvfb", true},          {"Xorg", "Xtigervnc", true},
        {"X", "x2goagent", true},         {"Xorg", "gnome-shell", false},  {"sway", "Xwayland", false},
        {"weston", "sway", true},         {"gnome-shell", "sway", true},   {"kwin_wayland", "Xvnc", true},
        {"labwc", "Xephyr", false},       {"gnome-shell", "Xnest", false}, {"Xorg", "Xsession", false},
        {"cage", "Xvfb-for-Xpra-:", true}};
    for (size_t i = 0; i < 2 * (sizeof pairs / sizeof *pairs); i++) {
        bool managed = i % 2; /* both are the session's, or the second is the manager's */
        struct cf_search_of session = plain();
        session.graphical = session.seated = true;
        tree_tear_down(NULL);
        tree_set_up(NULL);
        run(400, SCOPE, pairs[i / 2].first, NULL);
        look(&session);
        assert_false(sources.second);
        run(401, managed ? manager : SCOPE, pairs[i / 2].then, NULL);
        look(&session);
        assert_int_equal(sources.second, pairs[i / 2].second);
    }
}

/* What the service manager has begun ends with its user's last session; of whose it is, any may be that. */
static void a_display_of_the_service_managers(void **state)
{
    (void)state;
    char deeper[128];
    struct cf_search_of session = plain();
    (void)snprintf(deeper, sizeof deeper, "%s/app.slice/run-u1.scope", manager);
    run(500, manager, "systemd", NULL);
    run(501, deeper, "gnome-shell", NULL); /* of a desktop that is another session */
    run(502, deeper, "Xorg", NULL);
    run(504, deeper, "kwin_wayland", NULL);
    expect_input(EARLY);
    run(503, deeper, "Xtigervnc", NULL);
    expect_input(EARLY); /* it has not begun to listen */
    put("proc/100/root/tmp/.X11-unix/X1", "");
    expect_input(-1);
    look(&session);
    assert_true(sources.second);
    session.displays = false; /* for what is written on its terminals */
    look(&session);
    assert_false(sources.second);
    session.own.server = SHELL; /* of a remote desktop, whose client has gone */
    look(&session);
    assert_true(sources.second);
}

static void another_session_is_looked_at_and_not_written_to(void **state)
{
    (void)state;
    struct line there;
    char proc[256];
    open_line(&there, LATE, LATE);
    start(400, 1, 0, SLICE "/session-4.scope", "sshd");
    start(401, 400, there.device, SLICE "/session-4.scope", "bash");
    struct cf_search_of other = plain();
    other.leader = 400;
    other.unit = "session-4.scope";
    expect_input(EARLY);
    path_of(proc, "proc");
    cf_search_elsewhere(&sources, &other, proc);
    assert_true(cf_sources_input(&sources).us == cf_terminal_latest(LATE).us);
    assert_true(cf_sources_output(&sources).us == cf_terminal_latest(EARLY).us);
    assert_true(cf_sources_write(&sources, getuid(), "x", 1));
    struct cf_terminal_times times;
    assert_true(cf_terminal_times(there.path, &times));
    assert_true(times.output == LATE);
    tell(401, "environ", TOLD("DISPLAY=:1"));
    expect_input(EARLY);
    cf_search_elsewhere(&sources, &other, proc);
    assert_true(cf_sources_input(&sources).us == CF_UNKNOWN_US);
    other.graphical = other.seated = true;
    start(402, 400, 0, SLICE "/session-4.scope", "Xvnc");
    expect_input(EARLY);
    cf_search_elsewhere(&sources, &other, proc);
    assert_true(cf_sources_input(&sources).us == CF_UNKNOWN_US);
    close_line(&there);
}

/* ---- Output and writing ---- */

static void what_we_write_is_no_output(void **state)
{
    (void)state;
    const struct cf_search_of session = plain();
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

static void what_was_printed_before_we_wrote_twice_counts(void **state)
{
    (void)state;
    struct line line;
    const struct cf_search_of session = plain();
    open_line(&line, EARLY, EARLY);
    start(300, SSHD, line.device, SCOPE, "bash");
    look(&session);
    assert_true(cf_sources_write(&sources, getuid(), "hello", 5));
    assert_int_equal(sources.written_count, 2);
    /* As if that had been long ago. */
    assert_int_equal(futimens(shell.slave, (struct timespec[]){{EARLY, 0}, {LATE, 0}}), 0);
    for (size_t i = 0; i < 2; i++)
        sources.written[i].after = LATE;
    close_line(&line);
    cf_sources_read_again(&sources);
    assert_true(cf_sources_write(&sources, getuid(), "hello", 5));
    cf_sources_read_again(&sources);
    assert_true(cf_sources_output(&sources).us == cf_terminal_latest(EARLY).us);
    assert_int_equal(sources.written_count, 1); /* the other has vanished */
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
        TEST(a_terminal_of_both_is_not_served),
        TEST(children_of_any_thread_count),
        TEST(the_first_shell_names_it),
        TEST(plain_is_one_terminal_in_use),
        TEST(another_session_is_another),
        TEST(standard_files_count_too),
        TEST(a_named_terminal_counts_if_it_is_the_users),
        TEST(of_a_displays_session_its_windows_count),
        TEST(a_second_display_beside_its_own),
        TEST(a_second_display_at_a_seat),
        TEST(a_display_of_the_service_managers),
        TEST(another_session_is_looked_at_and_not_written_to),
        TEST(what_we_write_is_no_output),
        TEST(what_was_printed_before_we_wrote_twice_counts),
        TEST(served_terminals_alone_take_a_warning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
