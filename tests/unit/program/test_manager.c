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

static void test_status_when_it_changed(void **state)
{
    (void)state;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char last[512];
    struct cf_loop *loop;
    struct cf_engine *engine;
    struct cf_config config;
    struct cf_error err;
    folder_make();
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", folder_path("notify"));
    int ear = socket(AF_UNIX, SOCK_DGRAM, 0);
    assert_int_equal(bind(ear, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(setenv("NOTIFY_SOCKET", address.sun_path, 1), 0);
    assert_int_equal(cf_loop_create_virtual((struct cf_instant){0}, 0, &loop, NULL), 0);
    cf_config_init(&config);
    const struct cf_engine_setup setup = {.loop = loop, .policy_host = cf_scripts, .config = &config};
    if (cf_engine_create(&setup, &engine, &err) != 0)
        fail_msg("%s", err.text);
    struct cf_manager *manager =
        cf_manager_create(&(struct cf_manager_setup){.loop = loop, .engine = engine});
    assert_non_null(manager);
    uv_idle_t alive;
    assert_int_equal(uv_idle_init(cf_loop_uv(loop), &alive), 0);
    assert_int_equal(uv_idle_start(&alive, nothing), 0);
    cf_manager_ready(manager);
    pass(loop, 60);
    assert_int_equal(told(ear, "STATUS=", last), 1);
    assert_string_equal(last, "STATUS=0 sessions; dry run");
    pass(loop, 600);
    assert_int_equal(told(ear, "", last), 0);
    cf_engine_warn(engine, "nothing of it is in the line");
    config.mode = CF_MODE_ACT;
    pass(loop, 600);
    assert_int_equal(told(ear, "STATUS=", last), 1);
    assert_string_equal(last, "STATUS=0 sessions");

    uv_close((uv_handle_t *)&alive, NULL);
    cf_manager_destroy(manager);
    cf_engine_destroy(engine);
    cf_config_finish(&config);
    cf_loop_run(loop);
    cf_loop_destroy(loop);
    (void)close(ear);
    folder_drop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_status_when_it_changed)};
    return cmocka_run_group_tests_name("manager", tests, NULL, NULL);
}

#endif
