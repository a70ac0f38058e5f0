/* What the service manager is told, and how often. */
#include "../../fixture/folder.h"
#include "../unit.h"

#include "program/setup/hosts.h"
#include "program/setup/manager.h"

#ifndef __linux__

int main(void)
{
    return 0;
}

#else

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Keeps the loop alive, as other handles do. */
static void nothing(uv_idle_t *idle)
{
    (void)idle;
}

/* The loop turns every second, as it does for other work. */
static void pass(struct cf_loop *loop, int seconds)
{
    for (int i = 0; i < seconds; i++) {
        cf_loop_run_until(loop, cf_mono_add(cf_loop_now(loop), cf_seconds(1)));
        (void)uv_run(cf_loop_uv(loop), UV_RUN_NOWAIT);
    }
}

/* How many datagrams there are that begin like this; `last` is the last of them, and the others are lost. */
static int told(int fd, const char *begin, char last[512])
{
    char text[512];
    int count = 0;
    for (ssize_t got; (got = recv(fd, text, sizeof text - 1, MSG_DONTWAIT)) >= 0;) {
        text[got] = '\0';
        if (strncmp(text, begin, strlen(begin)) != 0)
            continue;
        (void)strcpy(last, text);
        count++;
    }
    return count;
}

static struct fixture {
    struct sockaddr_un address;
    int ear;
    struct cf_loop *loop;
    struct cf_engine *engine;
    struct cf_config config;
    struct cf_manager *manager;
    uv_idle_t alive;
} fixture;

static int set_up(void **state)
{
    (void)state;
    struct cf_error err;
    fixture = (struct fixture){.address.sun_family = AF_UNIX};
    folder_make();
    (void)snprintf(fixture.address.sun_path, sizeof fixture.address.sun_path, "%s", folder_path("notify"));
    fixture.ear = socket(AF_UNIX, SOCK_DGRAM, 0);
    assert_int_equal(bind(fixture.ear, (const struct sockaddr *)&fixture.address, sizeof fixture.address), 0);
    assert_int_equal(setenv("NOTIFY_SOCKET", fixture.address.sun_path, 1), 0);
    assert_int_equal(setenv("WATCHDOG_USEC", "30000000", 1), 0);
    assert_int_equal(cf_loop_create_virtual((struct cf_instant){0}, 0, &fixture.loop, NULL), 0);
    cf_config_init(&fixture.config);
    const struct cf_engine_setup setup = {
        .loop = fixture.loop, .policy_host = cf_scripts, .config = &fixture.config};
    if (cf_engine_create(&setup, &fixture.engine, &err) != 0)
        fail_msg("%s", err.text);
    fixture.manager =
        cf_manager_create(&(struct cf_manager_setup){.loop = fixture.loop, .engine = fixture.engine});
    assert_non_null(fixture.manager);
    assert_int_equal(uv_idle_init(cf_loop_uv(fixture.loop), &fixture.alive), 0);
    assert_int_equal(uv_idle_start(&fixture.alive, nothing), 0);
    cf_manager_ready(fixture.manager);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    uv_close((uv_handle_t *)&fixture.alive, NULL);
    cf_manager_destroy(fixture.manager);
    cf_engine_destroy(fixture.engine);
    cf_config_finish(&fixture.config);
    cf_loop_run(fixture.loop);
    cf_loop_destroy(fixture.loop);
    (void)close(fixture.ear);
    folder_drop();
    return 0;
}

static void test_status_when_it_changed(void **state)
{
    (void)state;
    char last[512];
    pass(fixture.loop, 60);
    assert_int_equal(told(fixture.ear, "STATUS=", last), 1);
    assert_string_equal(last, "STATUS=0 sessions; dry run");
    for (int i = 0; i < 10; i++) { /* the kernel holds so many at least */
        pass(fixture.loop, 60);
        assert_int_equal(told(fixture.ear, "STATUS=", last), 0);
    }
    cf_engine_warn(fixture.engine, "nothing of it is in the line");
    fixture.config.mode = CF_MODE_ACT;
    pass(fixture.loop, 60);
    assert_int_equal(told(fixture.ear, "STATUS=", last), 1);
    assert_string_equal(last, "STATUS=0 sessions");
}

/* Twice within what the watchdog waits for; where the manager has no room just then, as soon as it has. */
static void test_the_watchdog_is_fed(void **state)
{
    (void)state;
    char last[512];
    pass(fixture.loop, 2);
    assert_int_equal(told(fixture.ear, "WATCHDOG=1", last), 1);
    for (int turn = 0; turn < 10; turn++) {
        pass(fixture.loop, 15);
        assert_int_equal(told(fixture.ear, "WATCHDOG=1", last), 1);
    }
    int others = socket(AF_UNIX, SOCK_DGRAM, 0);
    assert_int_equal(connect(others, (const struct sockaddr *)&fixture.address, sizeof fixture.address), 0);
    while (send(others, "X", 1, MSG_DONTWAIT) == 1)
        ;
    pass(fixture.loop, 18); /* a beat was not taken */
    assert_int_equal(told(fixture.ear, "WATCHDOG=1", last), 0);
    pass(fixture.loop, 2);
    assert_int_equal(told(fixture.ear, "WATCHDOG=1", last), 1);
    (void)close(others);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_status_when_it_changed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_watchdog_is_fed, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("manager", tests, NULL, NULL);
}

#endif
