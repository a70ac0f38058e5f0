/* Warnings that reach nobody, handed to a command. */
#include "../../fixture/folder.h"
#include "../unit.h"

#include "program/setup/warn_command.h"
#include "sim/sim.h"

#ifndef __linux__

int main(void)
{
    return 0;
}

#else

#include "base/memory.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct host {
    struct cf_loop *loop;
    struct cf_backend *backend;
    struct cf_scenario *scenario;
    struct cf_identity session;
    char heard[4096]; /* a line an answer */
    unsigned answers;
} host;

static void listing(void *data, bool done)
{
    (void)data, (void)done;
}

static void seen(void *data, const struct cf_session *session, uint64_t fields)
{
    (void)data, (void)fields;
    host.session = (struct cf_identity){"office", "7", session->identity.boot, session->identity.birth};
}

static void gone(void *data, const struct cf_identity *identity)
{
    (void)data, (void)identity;
}

static void answered(void *data, uint64_t notice, bool yes)
{
    (void)data, (void)notice, (void)yes;
}

static void reachable(void *data, const struct cf_error *err)
{
    (void)data, (void)err;
}

static void completed(void *data, const struct cf_completion *completion)
{
    (void)data;
    size_t used = strlen(host.heard);
    (void)snprintf(host.heard + used, sizeof host.heard - used, "%d %s%s%s\n", (int)completion->id,
                   completion->delivered ? "delivered" : "not", completion->message ? ": " : "",
                   completion->message ? completion->message : "");
    host.answers++;
}

static const struct cf_backend_sink sink = {.listing = listing,
                                            .seen = seen,
                                            .gone = gone,
                                            .answered = answered,
                                            .reachable = reachable,
                                            .completed = completed};

static void stop(struct cf_timer *timer)
{
    cf_loop_stop(timer->data);
}

/* A millisecond, virtual or not. */
static void turn(void)
{
    struct cf_timer timer = {.fire = stop, .data = host.loop};
    cf_timer_set(host.loop, &timer, cf_mono_add(cf_loop_now(host.loop), (struct cf_span){1000}));
    cf_loop_run(host.loop);
    (void)uv_run(cf_loop_uv(host.loop), UV_RUN_NOWAIT);
}

/* Ana is at a host that delivers a warning so many times in a thousand. */
static void open_host(const char *const *words, bool is_virtual, unsigned undelivered)
{
    host = (struct host){0};
    struct cf_instant start = {INT64_C(1772409600000000)};
    assert_int_equal(is_virtual ? cf_loop_create_virtual(start, 0, &host.loop, NULL)
                                : cf_loop_create(&host.loop, NULL),
                     0);
    struct cf_session ana;
    cf_session_init(&ana);
    cf_session_set_string(&ana, CF_FIELD_USER, "ana");
    ana.identity.id = cf_strdup("7");
    struct cf_script *script = cf_script_create(start);
    const struct cf_event logon = {.kind = CF_EVENT_LOGON, .logon = &ana};
    assert_int_equal(cf_script_add(script, &logon, NULL), 0);
    host.scenario = cf_script_finish(script, CF_HOUR.us);
    struct cf_sim_setup sim = {
        .scenario = host.scenario, .host = "office", .faults = {.undelivered = undelivered}};
    const struct cf_warn_command around = {&cf_sim_ops, &sim, words};
    assert_int_equal(cf_warn_command_ops.open(host.loop, &sink, &around, &host.backend, NULL), 0);
    assert_string_equal(cf_backend_ops_of(host.backend)->name, "sim");
    while (!host.session.id)
        turn();
    cf_session_finish(&ana);
}

static void close_host(void)
{
    cf_backend_ops_of(host.backend)->close(host.backend);
    while (uv_run(cf_loop_uv(host.loop), UV_RUN_NOWAIT)) {
    }
    cf_loop_destroy(host.loop);
    cf_scenario_destroy(host.scenario);
}

static void warn(uint64_t id, struct cf_span left)
{
    const struct cf_request request = {.id = id,
                                       .action = CF_ACTION_WARN,
                                       .deadline = CF_MONO_UNKNOWN,
                                       .session = host.session,
                                       .notice = id,
                                       .text = "Be off\x1b[2J\nin time.",
                                       .user = "ana",
                                       .shown_for = left,
                                       .quiet_since = CF_MONO_UNKNOWN};
    cf_backend_ops_of(host.backend)->submit(host.backend, &request);
}

static void hears(unsigned answers, const char *wanted)
{
    while (host.answers < answers)
        turn();
    assert_string_equal(host.heard, wanted);
}

static void read_file(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, size - 1, file)] = '\0';
    (void)fclose(file);
    (void)remove(path);
}

static void test_it_says_whether_it_was_delivered(void **state)
{
    (void)state;
    static const struct {
        const char *command, *says;
    } table[] = {
        {"exit 0", "1 delivered: it was delivered by warn_command\n"},
        {"cat >/dev/null", "1 delivered: it was delivered by warn_command\n"},
        {"exit 3", "1 not: warn_command ended with status 3\n"},
        {"kill -TERM $$", "1 not: warn_command was ended by signal 15\n"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const char *const words[] = {"/bin/sh", "-c", table[i].command, NULL};
        open_host(words, false, 1000);
        warn(1, CF_MINUTE);
        hears(1, table[i].says);
        close_host();
    }
    open_host((const char *const[]){"/nowhere/mail", NULL}, false, 1000);
    warn(1, CF_MINUTE);
    hears(1, "1 not: warn_command cannot be started: no such file or directory\n");
    close_host();
}

static void test_what_it_is_given(void **state)
{
    (void)state;
    char text[1024], wanted[128];
    folder_make();
    const char *path = folder_write("told", "");
    const char *const words[] = {
        "/bin/sh",
        "-c",
        "{ cat; echo \"$1|$CURFEW_SESSION|$CURFEW_USER|$CURFEW_HOST|$CURFEW_LEFT|$SECRET|$(pwd)|$PATH\"; } >$0",
        path,
        "an argument; $(of words)",
        NULL};
    (void)setenv("SECRET", "of ours", 1);
    const struct {
        struct cf_span left;
        const char *told;
    } table[] = {{cf_seconds(90), "90"}, {{CF_UNKNOWN_US}, ""}};
    for (size_t i = 0; i < 2; i++) {
        open_host(words, false, 1000);
        warn(1, table[i].left);
        hears(1, "1 delivered: it was delivered by warn_command\n");
        close_host();
        read_file(path, text, sizeof text);
        (void)snprintf(
            wanted, sizeof wanted,
            "Be off?[2J in time.\nan argument; $(of words)|7|ana|office|%s||/|/usr/sbin:/usr/bin:/sbin:/bin\n",
            table[i].told);
        assert_string_equal(text, wanted);
    }
    folder_drop();
}

static void test_whom_the_host_reaches_needs_none(void **state)
{
    (void)state;
    open_host((const char *const[]){"/bin/false", NULL}, false, 0);
    warn(1, CF_MINUTE);
    hears(1, "1 delivered\n");
    host.session.birth++; /* another session */
    warn(2, CF_MINUTE);
    hears(2, "1 delivered\n2 not: the session has ended\n");
    close_host();
}

/* It, and what it has started. */
static void expect_dead(const char *path)
{
    char text[64];
    long pids[2];
    for (int i = 0; access(path, R_OK) != 0 && i < 20000; i++)
        (void)usleep(1000);
    read_file(path, text, sizeof text);
    assert_int_equal(sscanf(text, "%ld %ld", &pids[0], &pids[1]), 2);
    for (int i = 0; i < 2; i++)
        for (int tries = 0; kill((pid_t)pids[i], 0) == 0; tries++) {
            char name[64], status[1024] = "";
            (void)snprintf(name, sizeof name, "/proc/%ld/stat", pids[i]);
            FILE *file = fopen(name, "r");
            if (file) {
                (void)!fread(status, 1, sizeof status - 1, file);
                (void)fclose(file);
            }
            if (!file || strstr(status, ") Z "))
                break;
            assert_true(tries < 20000);
            (void)usleep(1000);
        }
}

static const char hanging[] = "sleep 1000 & echo $$ $! >$0.new; mv $0.new $0; wait";

static void test_one_that_hangs_is_killed(void **state)
{
    (void)state;
    folder_make();
    const char *path = folder_path("pids");
    open_host((const char *const[]){"/bin/sh", "-c", hanging, path, NULL}, true, 1000);
    warn(1, CF_MINUTE);
    cf_loop_run_until(host.loop, cf_mono_add(cf_loop_now(host.loop), cf_seconds(1)));
    for (int i = 0; access(path, R_OK) != 0 && i < 20000; i++)
        (void)usleep(1000);
    assert_string_equal(host.heard, "");
    cf_loop_run_until(host.loop, cf_mono_add(cf_loop_now(host.loop), CF_WARN_COMMAND_LIMIT));
    hears(1, "1 not: warn_command did not end within 15 seconds\n");
    expect_dead(path);
    close_host();

    open_host((const char *const[]){"/bin/sh", "-c", hanging, path, NULL}, false, 1000);
    warn(1, CF_MINUTE);
    warn(2, CF_MINUTE); /* one that is not at work yet as the host is closed, perhaps */
    while (access(path, R_OK) != 0)
        turn();
    close_host();
    assert_string_equal(host.heard, "");
    expect_dead(path);
    folder_drop();
}

static void test_not_more_than_so_many_at_once(void **state)
{
    (void)state;
    folder_make();
    const char *gate = folder_path("gate");
    assert_int_equal(mkfifo(gate, 0600), 0);
    int both = open(gate, O_RDWR | O_CLOEXEC); /* so that neither end waits for the other */
    assert_true(both >= 0);
    open_host((const char *const[]){"/bin/sh", "-c", "read line <$0", gate, NULL}, false, 1000);
    for (uint64_t id = 1; id <= CF_WARN_COMMAND_MOST + 2; id++)
        warn(id, CF_MINUTE);
    hears(2, "33 not\n34 not\n");
    for (int i = 0; i < CF_WARN_COMMAND_MOST; i++)
        assert_int_equal(write(both, "\n", 1), 1);
    while (host.answers < CF_WARN_COMMAND_MOST + 2)
        turn();
    assert_null(strstr(host.heard + strlen("33 not\n34 not\n"), "not"));
    (void)close(both);
    folder_drop();
    close_host();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_says_whether_it_was_delivered),
        cmocka_unit_test(test_what_it_is_given),
        cmocka_unit_test(test_whom_the_host_reaches_needs_none),
        cmocka_unit_test(test_one_that_hangs_is_killed),
        cmocka_unit_test(test_not_more_than_so_many_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
