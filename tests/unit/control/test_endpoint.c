#include "echo.h"

#include "control/account.h"

#include <grp.h>

/* ---- What is a socket's alone ---- */

/* Whoever shuts their side at once, as a shell's pipe does, is answered all the same. */
static void test_half_closed(void **state)
{
    (void)state;
    int fd = caller_dial();
    struct cf_buffer line = {0};
    caller_send(fd, ASK_ECHO "\n" ASK_ECHO "\n{\"curfew\"", 2 * strlen(ASK_ECHO) + 2 + 9);
    assert_int_equal(shutdown(fd, SHUT_WR), 0);
    assert_true(caller_receive(fd, &line) > 0);
    assert_true(caller_receive(fd, &line) > 0);
    assert_int_equal(caller_receive(fd, &line), CALLER_CLOSED);
    cf_buffer_finish(&line);
    close(fd);
}

/* ---- How many, and who ---- */

static void test_room(void **state)
{
    (void)state;
    needs_root();
    enum { USERS = (CF_CONTROL_CLIENTS - CF_CONTROL_RESERVED) / CF_CONTROL_CLIENTS_EACH };
    struct cf_buffer line = {0};
    int fds[USERS][CF_CONTROL_CLIENTS_EACH];
    for (uid_t user = 0; user < USERS; user++) {
        for (int i = 0; i < CF_CONTROL_CLIENTS_EACH; i++)
            fds[user][i] = caller_dial_as(1000 + user);
        int more = caller_dial_as(1000 + user);
        assert_true(caller_receive(more, &line) > 0);
        assert_contains(line.data, "\"code\":\"refused\",\"error\":\"you have too many");
        assert_int_equal(caller_receive(more, &line), CALLER_CLOSED);
        close(more);
    }
    int root[CF_CONTROL_RESERVED + 1];
    for (int i = 0; i < CF_CONTROL_RESERVED; i++)
        assert_served(root[i] = caller_dial());
    root[CF_CONTROL_RESERVED] = caller_dial();
    assert_true(caller_receive(root[CF_CONTROL_RESERVED], &line) > 0);
    assert_contains(line.data, "busy with others");
    for (int i = 0; i <= CF_CONTROL_RESERVED; i++)
        close(root[i]);

    close(fds[3][5]); /* makes room for one */
    server_turn();
    int again = caller_dial_as(1003);
    assert_served(again);
    assert_served(fds[0][0]);
    close(again);
    for (uid_t user = 0; user < USERS; user++)
        for (int i = 0; i < CF_CONTROL_CLIENTS_EACH; i++)
            if (user != 3 || i != 5)
                close(fds[user][i]);
    cf_buffer_finish(&line);
}

/* Users at their limit make room for who has less, one at a time, until all have the same. */
static void test_fair_room(void **state)
{
    (void)state;
    needs_root();
    enum {
        ROOM = CF_CONTROL_CLIENTS - CF_CONTROL_RESERVED,
        MANY = ROOM / CF_CONTROL_CLIENTS_EACH,
        OTHERS = ROOM - MANY, /* with whom everybody has one */
    };
    struct cf_buffer line = {0};
    int fds[ROOM], others[OTHERS], parted = 0;
    for (int i = 0; i < ROOM; i++)
        fds[i] = caller_dial_as(1000 + (uid_t)i % MANY);
    for (int i = 0; i < OTHERS; i++)
        assert_served(others[i] = caller_dial_as(2000 + (uid_t)i));
    for (int i = 0; i < ROOM; i++)
        if (caller_receive(fds[i], &line) > 0) {
            assert_contains(line.data, "\"code\":\"refused\",\"error\":\"you have most of the engine");
            assert_int_equal(caller_receive(fds[i], &line), CALLER_CLOSED);
            parted++;
        }
    assert_int_equal(parted, OTHERS);
    for (int i = 0; i < OTHERS; i++)
        assert_served(others[i]);

    int more = caller_dial_as(3000);
    assert_true(caller_receive(more, &line) > 0);
    assert_contains(line.data, "busy with others");
    close(more);
    for (int i = 0; i < ROOM; i++)
        close(fds[i]);
    for (int i = 0; i < OTHERS; i++)
        close(others[i]);
    cf_buffer_finish(&line);
}

/* A user who floods, by however many connections, gets their burst and then their pace; others do not wait.
 */
static void test_pace(void **state)
{
    (void)state;
    needs_root();
    enum { SECONDS = 3, CONNECTIONS = 4 };
    struct cf_buffer flood = {0}, line = {0};
    for (int i = 0; i < 1000; i++)
        cf_buffer_puts(&flood, ASK_ECHO "\n");
    int fds[CONNECTIONS], honest = caller_dial_as(1001), answers = 0;
    for (int i = 0; i < CONNECTIONS; i++) {
        fds[i] = caller_dial_as(1000);
        caller_send(fds[i], flood.data, flood.length);
    }
    for (int step = 0; step <= SECONDS * 10; step++) {
        for (int i = 0; i < CONNECTIONS; i++)
            while (caller_receive(fds[i], &line) > 0)
                answers++;
        assert_served(honest);
        if (step < SECONDS * 10)
            for (int ms = 0; ms < 100; ms += 10)
                server_pass((struct cf_span){10000});
    }
    int most = CF_CONTROL_BURST + SECONDS * CF_CONTROL_PACE;
    assert_in_range(answers, most * 9 / 10, most + CONNECTIONS);
    for (int i = 0; i < CONNECTIONS; i++)
        close(fds[i]);
    close(honest);
    cf_buffer_finish(&flood);
    cf_buffer_finish(&line);
}

/* A connection to begin with is no way around the pace, nor is leaving and coming again. */
static void test_pace_of_who_comes_again(void **state)
{
    (void)state;
    needs_root();
    int answers = 0;
    struct cf_mono start = cf_loop_now(server.loop);
    for (int i = 0; i < 500; i++) {
        int fd = caller_dial_as(1000), other = caller_dial_as(1001);
        answers += strstr(caller_ask(fd, ASK_ECHO), ANSWERED) != NULL;
        close(fd);
        close(other);
    }
    int64_t passed = cf_mono_since(start, cf_loop_now(server.loop)).us;
    assert_in_range(answers, CF_CONTROL_BURST, CF_CONTROL_BURST + CF_CONTROL_PACE * passed / 1000000 + 1);
}

static void test_who(void **state)
{
    (void)state;
    needs_root();
    int root = caller_dial(), ana = caller_dial_as(1000);
    assert_contains(caller_ask(root, ASK_ECHO), "{\"uid\":0,\"administrator\":true");
    assert_contains(caller_ask(root, DO("root")), ANSWERED);
    assert_contains(caller_ask(ana, ASK_ECHO), "{\"uid\":1000,\"administrator\":false");
    assert_contains(caller_ask(ana, DO("root")), "\"code\":\"denied\"");
    assert_contains(caller_ask(ana, "{\"curfew\":1,\"id\":7,\"do\":\"root\",\"uid\":\"0\"}"),
                    "\"code\":\"denied\"");
    close(root);
    close(ana);
}

static int create(const char *path, struct cf_control **ret, struct cf_error *err)
{
    const struct cf_control_setup other = {.loop = server.loop, .path = path, .verbs = echo_verbs};
    int code = cf_control_create(&other, ret, err);
    server_turn();
    return code;
}

static void test_administrators(void **state)
{
    (void)state;
    needs_root();
    struct cf_control *second;
    struct cf_error err;
    char first[sizeof server.path];
    (void)strcpy(first, server.path);
    (void)strcat(server.path, "2");
    assert_int_equal(create(server.path, &second, &err), CF_OK);
    const gid_t daemons[] = {1};
    cf_control_set_administrators(second, (const int64_t[]){7, 1}, 2);
    assert_int_equal(setgroups(1, daemons), 0);
    int member = caller_dial_as(1000);
    assert_int_equal(setgroups(0, NULL), 0);
    int ordinary = caller_dial_as(1000);
    assert_contains(caller_ask(member, DO("root")), ANSWERED);
    assert_contains(caller_ask(ordinary, DO("root")), "\"code\":\"denied\"");
    close(member);
    close(ordinary);
    cf_control_set_administrators(second, NULL, 0); /* as the configuration says after a reload */
    assert_int_equal(setgroups(1, daemons), 0);
    int former = caller_dial_as(1000);
    assert_int_equal(setgroups(0, NULL), 0);
    assert_contains(caller_ask(former, DO("root")), "\"code\":\"denied\"");
    close(former);
    cf_control_destroy(second);
    server_turn();
    (void)strcat(server.path, ".lock");
    assert_int_equal(unlink(server.path), 0);
    (void)strcpy(server.path, first);
}

/* ---- Where it listens ---- */

static void test_place(void **state)
{
    (void)state;
    struct cf_control *second = NULL;
    struct cf_error err;
    struct stat info;
    assert_int_equal(stat(server.path, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0666);

    assert_int_equal(create(server.path, &second, &err), CF_REFUSED);
    assert_contains(err.text, "another engine listens at");
    int fd = caller_dial();
    assert_served(fd); /* unharmed */
    close(fd);

    assert_int_equal(create(folder_write("file", ""), &second, &err), CF_REFUSED);
    assert_contains(err.text, "a file of another kind is there");
    assert_int_equal(unlink(folder_path("file.lock")), 0);

    /* no link in the lock's place leads anywhere */
    assert_int_equal(symlink("victim", folder_path("other.lock")), 0);
    assert_int_equal(create(folder_path("other"), &second, &err), CF_FAILED);
    assert_contains(err.text, "/other.lock: ");
    assert_int_equal(access(folder_path("victim"), F_OK), -1);

    assert_int_equal(create("control", &second, &err), CF_USAGE);
    assert_int_equal(create("/nowhere/at/all/control", &second, &err), CF_FAILED);
    char path[201];
    memset(path, 'x', sizeof path);
    memcpy(path, folder_path(""), strlen(folder_path("")));
    path[200] = '\0';
    assert_int_equal(create(path, &second, &err), CF_USAGE);
    assert_contains(err.text, "at most 107 bytes");

    assert_int_equal(chmod(folder_path(""), 0777), 0);
    assert_int_equal(create(folder_path("third"), &second, &err), CF_REFUSED);
    assert_contains(err.text, "writable by nobody else");
    assert_int_equal(chmod(folder_path(""), 0755), 0);

    /* a sound folder in one that others can write: they could move it away */
    assert_int_equal(mkdir(folder_path("open"), 0755), 0);
    assert_int_equal(chmod(folder_path("open"), 0777), 0);
    assert_int_equal(create(folder_path("open/inner/control"), &second, &err), CF_REFUSED);
    assert_contains(err.text, "/open can be written by others");
    assert_int_equal(rmdir(folder_path("open/inner")), 0);
    assert_null(second);
}

static void test_stale_socket(void **state)
{
    (void)state;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)strcpy(address.sun_path, folder_path("stale"));
    int dead = socket(AF_UNIX, SOCK_STREAM, 0); /* an engine that was killed leaves socket and lock file */
    assert_int_equal(bind(dead, (const struct sockaddr *)&address, sizeof address), 0);
    close(dead);
    (void)folder_write("stale.lock", "");

    struct cf_control *second;
    struct cf_error err;
    assert_int_equal(create(address.sun_path, &second, &err), CF_OK);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    close(fd);
    cf_control_destroy(second);
    server_turn();
    assert_int_equal(access(address.sun_path, F_OK), -1); /* taken away at the end */
    assert_int_equal(access(folder_path("stale.lock"), F_OK), 0);
}

#define test(function) cmocka_unit_test_setup_teardown(function, echo_set_up, echo_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_half_closed),
        test(test_room),
        test(test_fair_room),
        test(test_pace),
        test(test_pace_of_who_comes_again),
        test(test_who),
        test(test_administrators),
        test(test_place),
        test(test_stale_socket),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
