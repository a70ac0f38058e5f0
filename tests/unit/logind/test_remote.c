/* Another host's bus by an ssh of our own making, which fails in each way: every opening comes to its end,
 * and says which. Real ones are in tests/hosts/cases/servers.sh. */
#include "logind/logind.h"

#include "../unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/curfew-remote.XXXXXX";

/* The host's name says what happens; systemd-stdio-bridge, where it gets so far, finds a bus that is not
 * there. */
static const char ssh[] =
    "#!/bin/sh\n"
    "while [ \"$1\" != -- ]; do shift; done\n"
    "[ \"$3\" = systemd-stdio-bridge ] || exit 99\n"
    "case $2 in\n"
    "unknown) echo 'ssh: Could not resolve hostname unknown: Name or service not known' >&2; exit 255 ;;\n"
    "refused) echo 'ssh: connect to host refused port 22: Connection refused' >&2; exit 255 ;;\n"
    "*denied) echo 'root@denied: Permission denied (publickey).' >&2; exit 255 ;;\n"
    "bare) echo 'sh: 1: systemd-stdio-bridge: not found' >&2; exit 127 ;;\n"
    "busless) cat >/dev/null & echo 'Failed to start bus client: No such file or directory' >&2; exit 1 ;;\n"
    "verbose) yes 'debug1: nothing of use' | head -n 20000 >&2; echo 'Host key verification failed.' >&2; exit 255 ;;\n"
    "greeting) printf 'Welcome!\\nDATA\\r\\nOK 0123\\r\\nAGREE_UNIX_FD\\r\\n'; exec sleep 1000 ;;\n"
    "silent) exec sleep 1000 ;;\n"
    "orphan) sleep 1000 </dev/null >/dev/null & echo $! >>\"$0.orphans\"; "
    "echo 'ssh: connect to host orphan port 22: Connection refused' >&2; exit 255 ;;\n"
    "esac\n";

struct seen {
    struct cf_loop *loop;
    struct cf_error lost;
    unsigned times;
};

static void on_reachable(void *data, const struct cf_error *err)
{
    struct seen *seen = data;
    assert_non_null(err);
    seen->lost = *err;
    seen->times++;
    cf_loop_stop(seen->loop);
}

static void on_listing(void *data, bool done)
{
    (void)data, (void)done;
    fail_msg("a host that is not there lists its sessions");
}

/* What comes of opening it; nothing is left of it then. */
static struct cf_error end_of(const char *server, struct cf_span limit)
{
    struct seen seen = {0};
    const struct cf_backend_sink sink = {.data = &seen, .listing = on_listing, .reachable = on_reachable};
    const struct cf_logind_setup setup = {.server = server, .limit = limit};
    struct cf_backend *backend;
    struct cf_error err;
    assert_int_equal(cf_loop_create(&seen.loop, &err), CF_OK);
    if (cf_logind_ops.open(seen.loop, &sink, &setup, &backend, &err) == CF_OK) {
        assert_int_equal(seen.times, 0); /* never inside */
        assert_false(cf_logind_ops.capabilities(backend)->actions[CF_ACTION_WARN]);
        assert_true(cf_logind_ops.capabilities(backend)->actions[CF_ACTION_LOGOFF]);
        assert_null(cf_logind_ops.own(backend));
        cf_loop_run(seen.loop);
        assert_int_equal(seen.times, 1);
        err = seen.lost;
        cf_logind_ops.close(backend);
    }
    cf_loop_run(seen.loop);
    cf_loop_destroy(seen.loop);
    return err;
}

static void each_failure_is_told_apart(void **state)
{
    (void)state;
    static const struct {
        const char *server;
        int code;
        const char *says;
    } cases[] = {
        {"unknown", CF_UNAVAILABLE, "unknown: no host is known by that name"},
        {"refused", CF_UNAVAILABLE, "refused: there is no connection"},
        {"root@denied", CF_DENIED, "root@denied: the logon was refused"},
        {"bare", CF_UNAVAILABLE, "systemd-stdio-bridge is not installed there"},
        {"busless", CF_UNAVAILABLE, "systemd-stdio-bridge ended: Failed to start bus client"},
        {"verbose", CF_DENIED, "verbose: its host key"},
        {"greeting", CF_UNAVAILABLE, "greeting: what answers there is not a system bus"},
        {"orphan", CF_UNAVAILABLE, "orphan: there is no connection"},
        {"-oProxyCommand=x", CF_USAGE, "is not a host's name"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cf_error err = end_of(cases[i].server, cf_seconds(60));
        if (err.code != cases[i].code || !strstr(err.text, cases[i].says))
            fail_msg("%s: %d, %s", cases[i].server, err.code, err.text);
    }
}

/* However fast it ends, and whatever was sent by then. */
static void the_reason_wins_every_race(void **state)
{
    (void)state;
    for (int i = 0; i < 50; i++)
        assert_non_null(strstr(end_of("refused", cf_seconds(60)).text, "there is no connection"));
}

static void silence_has_a_limit(void **state)
{
    (void)state;
    struct cf_error err = end_of("silent", (struct cf_span){20000});
    assert_int_equal(err.code, CF_UNAVAILABLE);
    assert_non_null(strstr(err.text, "silent: there was no answer in time"));
}

static void without_ssh_it_says_so(void **state)
{
    (void)state;
    char path[4096];
    (void)snprintf(path, sizeof path, "%s", getenv("PATH"));
    assert_int_equal(setenv("PATH", "/nowhere", 1), 0);
    struct cf_error err = end_of("h2", cf_seconds(60));
    assert_int_equal(setenv("PATH", path, 1), 0);
    assert_int_equal(err.code, CF_UNAVAILABLE);
    assert_non_null(strstr(err.text, "ssh cannot be started"));
}

static int begin(void **state)
{
    (void)state;
    char path[4096];
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/ssh", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(ssh, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, 0755), 0);
    (void)snprintf(path, sizeof path, "%s:%s", folder, getenv("PATH"));
    return setenv("PATH", path, 1);
}

static int end(void **state)
{
    (void)state;
    char command[256];
    (void)snprintf(command, sizeof command, "kill $(cat %s/ssh.orphans); rm -r %s", folder, folder);
    return system(command) != 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_failure_is_told_apart),
        cmocka_unit_test(the_reason_wins_every_race),
        cmocka_unit_test(silence_has_a_limit),
        cmocka_unit_test(without_ssh_it_says_so),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
