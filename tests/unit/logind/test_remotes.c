/* Whether anybody is connected to a remote desktop, by sockets as xrdp's Xorg and VNC's X servers have them.
 */
#include "fake_logind.h"

#include "logind/clients.h"
#include "logind/scope.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/wait.h>

#define FOLDER "/tmp/.xrdp"
#define BIRTH  1000000
#define ASK    CF_FIELD_BIT(CF_FIELD_LOCKED)

static struct {
    char display[16], x[64], channels[64]; /* ":4711"; the paths of its sockets */
    int listener, channel, client, accepted;
} place;

static int listening_at(const char *path)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    (void)snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
    (void)unlink(path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(fd, 4), 0);
    return fd;
}

static void connect_client(void)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    (void)snprintf(at.sun_path, sizeof at.sun_path, "%s", place.x);
    place.client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(place.client, (const struct sockaddr *)&at, sizeof at), 0);
    place.accepted = accept(place.listener, NULL, NULL);
    assert_true(place.accepted >= 0);
}

static void disconnect_client(void)
{
    (void)close(place.client);
    (void)close(place.accepted);
    (void)close(place.channel);
    place.channel = listening_at(place.channels);
}

static int set_up(void **state)
{
    (void)state;
    (void)mkdir(FOLDER, 01777);
    (void)snprintf(place.display, sizeof place.display, ":%d", (int)getpid());
    (void)snprintf(place.x, sizeof place.x, FOLDER "/xrdp_display_%d", (int)getpid());
    (void)snprintf(place.channels, sizeof place.channels, FOLDER "/xrdp_chansrv_socket_%d", (int)getpid());
    place.listener = listening_at(place.x);
    place.channel = listening_at(place.channels);
    fake.sessions[0] = (struct fake_session){.id = "c7",
                                             .user = "ana",
                                             .class_ = "user",
                                             .type = "x11",
                                             .service = "xrdp-sesman",
                                             .display = place.display,
                                             .uid = getuid(),
                                             .leader = (uint32_t)getpid(),
                                             .born = BIRTH};
    fake.count = 1;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fake_close();
    (void)close(place.listener);
    (void)close(place.channel);
    (void)unlink(place.x);
    (void)unlink(place.channels);
    (void)rmdir(FOLDER); /* unless somebody else is there */
    return 0;
}

static enum cf_tri look(void)
{
    fake_ask(CF_ACTION_REFRESH, "c7", BIRTH, ASK, (struct cf_mono){0});
    assert_int_equal(fake.completion.code, CF_OK);
    return fake.disconnected;
}

static void who_comes_and_goes(void **state)
{
    (void)state;
    struct cf_mono first;
    fake_open((struct cf_logind_setup){0});
    assert_int_equal(fake.disconnected, CF_TRI_YES);
    first = fake.disconnected_since;
    assert_true(cf_mono_known(first)); /* for no longer than it was looked at */
    assert_int_equal(look(), CF_TRI_YES);
    assert_int_equal(fake.disconnected_since.us, first.us);
    connect_client();
    assert_int_equal(look(), CF_TRI_NO);
    assert_false(cf_mono_known(fake.disconnected_since));
    disconnect_client();
    assert_int_equal(look(), CF_TRI_YES);
    assert_true(fake.disconnected_since.us > first.us);
}

/* Between two looks somebody was there: the time away begins anew. */
static void who_was_there_meanwhile(void **state)
{
    (void)state;
    fake_open((struct cf_logind_setup){0});
    struct cf_mono first = fake.disconnected_since;
    connect_client();
    disconnect_client();
    assert_int_equal(look(), CF_TRI_YES);
    assert_true(fake.disconnected_since.us > first.us);
}

/* Who is back when they are about to be ended, of which nobody was told, is not. */
static void who_is_back_stays(void **state)
{
    (void)state;
    fake_open((struct cf_logind_setup){0});
    connect_client();
    fake_ask(CF_ACTION_LOGOFF, "c7", BIRTH, 0, (struct cf_mono){0});
    assert_int_equal(fake.completion.code, CF_STALE);
    disconnect_client();
    assert_int_equal(look(), CF_TRI_YES);
    fake_ask(CF_ACTION_LOGOFF, "c7", BIRTH, 0, (struct cf_mono){0});
    assert_int_equal(fake.completion.code, CF_OK);
}

/* What is no display of the user's own by the file system, and what xrdp has not begun, is not known. */
static void what_is_not_known(void **state)
{
    (void)state;
    fake_open((struct cf_logind_setup){0});
    assert_int_equal(look(), CF_TRI_YES);
    (void)unlink(place.x); /* by a name that was bound elsewhere */
    assert_int_equal(look(), CF_TRI_UNKNOWN);
    assert_false(cf_mono_known(fake.disconnected_since));
    assert_int_equal(close(open(place.x, O_CREAT | O_WRONLY | O_CLOEXEC, 0600)), 0);
    assert_int_equal(look(), CF_TRI_UNKNOWN);
    fake.sessions[0].display = ":99999";
    assert_int_equal(look(), CF_TRI_UNKNOWN);
}

/* ---- VNC's ---- */

static struct {
    char lock[64], display[16];
    pid_t server;
    int steps; /* a byte of each thing that it has done */
    struct sockaddr_in at;
} vnc;

static void step_done(int fd)
{
    char step;
    assert_int_equal(read(fd, &step, 1), 1);
}

/* Whoever comes is let in until they go, one after the other. */
_Noreturn static void serve(const char *name, int listener, int steps)
{
    char byte;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)prctl(PR_SET_NAME, name);
    (void)dup2(memfd_create("its log", MFD_CLOEXEC), STDERR_FILENO);
    for (int fd = 3; fd < 1024; fd++) /* what it has of its parent's is no client of its own */
        if (fd != listener && fd != steps)
            (void)close(fd);
    for (;;) {
        (void)!write(steps, "", 1);
        int client = accept(listener, NULL, NULL);
        (void)!write(steps, "", 1);
        (void)!read(client, &byte, 1);
        (void)close(client);
    }
}

static void begin_server(const char *name)
{
    int pipes[2];
    socklen_t size = sizeof vnc.at;
    vnc.at = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (const struct sockaddr *)&vnc.at, sizeof vnc.at), 0);
    assert_int_equal(listen(listener, 4), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&vnc.at, &size), 0);
    assert_int_equal(pipe(pipes), 0);
    vnc.server = fork();
    if (vnc.server == 0)
        serve(name, listener, pipes[1]);
    (void)close(listener);
    (void)close(pipes[1]);
    vnc.steps = pipes[0];
    step_done(vnc.steps);
    FILE *lock = fopen(vnc.lock, "we");
    (void)fprintf(lock, "%10d\n", (int)vnc.server);
    (void)fclose(lock);
}

static void end_server(void)
{
    (void)kill(vnc.server, SIGKILL);
    (void)waitpid(vnc.server, NULL, 0);
    (void)close(vnc.steps);
    (void)unlink(vnc.lock);
}

static int set_up_vnc(void **state)
{
    (void)state;
    (void)snprintf(vnc.display, sizeof vnc.display, ":%d", (int)getpid());
    (void)snprintf(vnc.lock, sizeof vnc.lock, "/tmp/.X%d-lock", (int)getpid());
    begin_server("Xtigervnc");
    fake.sessions[0] = (struct fake_session){.id = "c7",
                                             .user = "ana",
                                             .class_ = "user",
                                             .type = "x11",
                                             .service = "tigervnc",
                                             .display = vnc.display,
                                             .uid = getuid(),
                                             .leader = (uint32_t)getpid(),
                                             .born = BIRTH};
    fake.count = 1;
    return 0;
}

static int tear_down_vnc(void **state)
{
    (void)state;
    fake_close();
    end_server();
    return 0;
}

static int viewer(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&vnc.at, sizeof vnc.at), 0);
    step_done(vnc.steps);
    return fd;
}

static void a_viewer_comes_and_goes(void **state)
{
    (void)state;
    fake_open((struct cf_logind_setup){0});
    assert_int_equal(fake.disconnected, CF_TRI_YES);
    struct cf_mono first = fake.disconnected_since;
    int fd = viewer();
    assert_int_equal(look(), CF_TRI_NO);
    (void)close(fd);
    step_done(vnc.steps);
    assert_int_equal(look(), CF_TRI_YES);
    assert_true(fake.disconnected_since.us > first.us);
}

/* An X server of another kind, or another user's, tells nothing; nor does a lock that nobody holds. */
static void what_is_no_server_of_vncs(void **state)
{
    (void)state;
    fake_open((struct cf_logind_setup){0});
    assert_int_equal(look(), CF_TRI_YES);
    fake.sessions[0].uid = getuid() + 1;
    assert_int_equal(look(), CF_TRI_UNKNOWN);
    fake.sessions[0].uid = getuid();
    assert_int_equal(look(), CF_TRI_YES);
    end_server();
    assert_int_equal(look(), CF_TRI_UNKNOWN);
    begin_server("Xvfb");
    assert_int_equal(look(), CF_TRI_UNKNOWN);
}

/* The lock is where everybody may write: a pipe there that nobody writes into holds nobody up, and a link
 * leads nowhere. */
static void a_lock_that_is_no_file(void **state)
{
    (void)state;
    char other[sizeof vnc.lock + 8];
    (void)snprintf(other, sizeof other, "%s.other", vnc.lock);
    fake_open((struct cf_logind_setup){0});
    assert_int_equal(rename(vnc.lock, other), 0);
    assert_int_equal(mkfifo(vnc.lock, 0600), 0);
    (void)alarm(20);
    assert_int_equal(look(), CF_TRI_UNKNOWN);
    (void)alarm(0);
    assert_int_equal(unlink(vnc.lock), 0);
    assert_int_equal(symlink(other, vnc.lock), 0);
    assert_int_equal(look(), CF_TRI_UNKNOWN);
    assert_int_equal(rename(other, vnc.lock), 0);
    assert_int_equal(look(), CF_TRI_YES);
}

/* ---- Its log, by which clients are told ---- */

static bool on_file_server;

int __wrap_statfs(const char *path, struct statfs *ret_on);
int __real_statfs(const char *path, struct statfs *ret_on);

int __wrap_statfs(const char *path, struct statfs *ret_on)
{
    int code = __real_statfs(path, ret_on);
    if (on_file_server && strstr(path, "/fd/"))
        ret_on->f_type = NFS_SUPER_MAGIC;
    return code;
}

/* A file is watched, but for one for which the loop might have to wait; and nothing else is. */
static void what_tells_of_its_clients(void **state)
{
    (void)state;
    static const struct {
        bool away, told;
    } cases[] = {{false, true}, {true, false}};
    struct cf_client_sockets sockets = {.named_for = CF_MONO_UNKNOWN, .ends_for = CF_MONO_UNKNOWN};
    const struct cf_properties properties = {
        .type = (char[]){"x11"}, .display = vnc.display, .uid = getuid(), .leader = getpid()};
    struct cf_clients_of of;
    assert_true(cf_clients_may_tell(&properties, &of));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        on_file_server = cases[i].away;
        const struct cf_clients clients = cf_clients_look(&sockets, &of, (struct cf_mono){1});
        assert_int_equal(clients.connected, CF_TRI_NO);
        assert_int_equal(clients.told_by[0] != '\0', cases[i].told);
    }
    on_file_server = false;
    cf_client_sockets_finish(&sockets);
    fake_open((struct cf_logind_setup){0}); /* for the test's end */
}

/* x2go's X server counts in a session of another kind, where its agent sees that display, and there alone. */
static void a_desktop_of_x2go(void **state)
{
    (void)state;
    static const struct {
        const char *server;
        bool nx, found;
    } cases[] = {{"x2goagent", true, true},
                 {"nxagent", true, true},
                 {"Xtigervnc", true, false},
                 {"x2goagent", false, false},
                 {"Xtigervnc", false, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cf_client_sockets sockets = {.named_for = CF_MONO_UNKNOWN, .ends_for = CF_MONO_UNKNOWN};
        struct cf_clients_of of = {.leader = getpid(), .uid = getuid(), .nx = cases[i].nx};
        (void)snprintf(of.display, sizeof of.display, "%d", (int)getpid());
        end_server();
        begin_server(cases[i].server);
        struct cf_clients clients = cf_clients_look(&sockets, &of, (struct cf_mono){1});
        assert_int_equal(clients.server, vnc.server);
        assert_int_equal(clients.nx, cases[i].found);
        if (cases[i].nx)
            assert_int_equal(clients.connected, cases[i].found ? CF_TRI_NO : CF_TRI_UNKNOWN);
        int fd = viewer();
        clients = cf_clients_look(&sockets, &of, (struct cf_mono){2});
        if (cases[i].nx)
            assert_int_equal(clients.connected, cases[i].found ? CF_TRI_YES : CF_TRI_UNKNOWN);
        assert_false(cases[i].nx && clients.told_from);
        (void)close(fd);
        step_done(vnc.steps);
        cf_client_sockets_finish(&sockets);
    }
    fake_open((struct cf_logind_setup){0}); /* for the test's end */
}

/* ---- Whose a server is: by the cgroups of the leader and of the server, as the test has them ---- */

static const char *cgroup_of_leader, *cgroup_of_server; /* NULL: the true one */

void __wrap_cf_scope_of(const struct cf_scope *scope, int process, char ret_cgroup[PATH_MAX]);
void __real_cf_scope_of(const struct cf_scope *scope, int process, char ret_cgroup[PATH_MAX]);

void __wrap_cf_scope_of(const struct cf_scope *scope, int process, char ret_cgroup[PATH_MAX])
{
    char stat[64];
    (void)cf_scope_read_record(process, "stat", stat, sizeof stat); /* begins with its number */
    const char *ours = strtoll(stat, NULL, 10) == vnc.server ? cgroup_of_server : cgroup_of_leader;
    if (ours)
        (void)snprintf(ret_cgroup, PATH_MAX, "%s", ours);
    else
        __real_cf_scope_of(scope, process, ret_cgroup);
}

/* The user's own, and of their name for the display, but in another session: that is not this one's. */
static void a_server_of_another_session(void **state)
{
    (void)state;
    static const struct {
        const char *leader, *server;
        enum cf_tri disconnected;
    } cases[] = {
        {"/user.slice/session-3.scope", "/user.slice/session-3.scope", CF_TRI_YES},
        {"/user.slice/session-3.scope", "/user.slice/session-3.scope/vnc", CF_TRI_YES},
        {"/user.slice/session-3.scope", "/user.slice/session-4.scope", CF_TRI_UNKNOWN},
        {"/user.slice/session-3.scope", "/user.slice/session-33.scope", CF_TRI_UNKNOWN},
        {"/user.slice/session-3.scope", "/user.slice", CF_TRI_UNKNOWN},
        {"/user.slice/session-3.scope", "", CF_TRI_UNKNOWN}, /* one of the two has ended meanwhile */
        {"", "/user.slice/session-3.scope", CF_TRI_UNKNOWN},
    };
    fake_open((struct cf_logind_setup){0});
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cgroup_of_leader = cases[i].leader;
        cgroup_of_server = cases[i].server;
        assert_int_equal(look(), cases[i].disconnected);
    }
    cgroup_of_leader = cgroup_of_server = NULL;
    assert_int_equal(look(), CF_TRI_YES);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_comes_and_goes),
        TEST(who_was_there_meanwhile),
        TEST(who_is_back_stays),
        TEST(what_is_not_known),
        cmocka_unit_test_setup_teardown(a_viewer_comes_and_goes, set_up_vnc, tear_down_vnc),
        cmocka_unit_test_setup_teardown(what_is_no_server_of_vncs, set_up_vnc, tear_down_vnc),
        cmocka_unit_test_setup_teardown(a_lock_that_is_no_file, set_up_vnc, tear_down_vnc),
        cmocka_unit_test_setup_teardown(what_tells_of_its_clients, set_up_vnc, tear_down_vnc),
        cmocka_unit_test_setup_teardown(a_server_of_another_session, set_up_vnc, tear_down_vnc),
        cmocka_unit_test_setup_teardown(a_desktop_of_x2go, set_up_vnc, tear_down_vnc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
