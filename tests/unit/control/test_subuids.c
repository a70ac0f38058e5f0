#include "rig.h"

#include "control/account.h"
#include "control/subuids.h"

static void test_file(void **state)
{
    (void)state;
    char path[] = "/tmp/curfew-subuids-XXXXXX";
    int fd = mkstemp(path);
    static const char text[] = "ana:100000:65536\nbob:165536:65536\nana:500000:10\n\n:\nx:y:z\ncut:1\n"
                               "big:99999999999999999999:5\nneg:-5:100\nlast:700000:1";
    assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
    struct cf_subuids *subuids = cf_subuids_create(path);
    struct cf_mono now = {0};
    int64_t ana = cf_subuids_owner(subuids, 100000, now), bob = cf_subuids_owner(subuids, 165536, now);
    assert_true(ana < 0 && bob < 0 && ana != bob);
    assert_int_equal(cf_subuids_owner(subuids, 165535, now), ana);
    assert_int_equal(cf_subuids_owner(subuids, 500009, now), ana);
    assert_int_equal(cf_subuids_owner(subuids, 500010, now), 500010);
    assert_int_equal(cf_subuids_owner(subuids, 1000, now), 1000);
    assert_true(cf_subuids_owner(subuids, 700000, now) < 0);
    assert_int_equal(ftruncate(fd, 0), 0);
    assert_int_equal(cf_subuids_owner(subuids, 100000, now), ana); /* not yet */
    now.us += CF_MINUTE.us;
    assert_int_equal(cf_subuids_owner(subuids, 100000, now), 100000);
    cf_subuids_destroy(subuids);
    assert_int_equal(unlink(path), 0);
    subuids = cf_subuids_create(path); /* there is none */
    assert_int_equal(cf_subuids_owner(subuids, 100000, now), 100000);
    cf_subuids_destroy(subuids);
    close(fd);
}

static const char request[] = "{\"curfew\":1,\"id\":7,\"do\":\"x\"}\n";

static void handle_nothing(void *data, const json_t *words, struct cf_control_call *call)
{
    (void)words;
    ++*(int *)data;
    cf_control_answer(call, NULL);
}

/* 60 uids of one user's range get what one user gets, and no more; somebody else is served meanwhile. */
static void test_one_person(void **state)
{
    (void)state;
    if (!rig_is_root())
        skip();
    enum { UIDS = 60, EACH = 20, COST = 5 };
    static const char *const no_words[] = {NULL};
    const struct cf_control_verb verbs[] = {{"x", true, no_words, handle_nothing, COST}, {0}};
    char path[] = "/tmp/curfew-subuids-XXXXXX";
    int served = 0, fd = mkstemp(path), fds[UIDS];
    assert_int_equal(write(fd, "eve:100000:65536\n", 17), 17);
    assert_int_equal(fchmod(fd, 0644), 0); /* while somebody dials, the server is that user, too */
    rig_open_with(verbs, &served, path);
    for (int i = 0; i < UIDS; i++) {
        fds[i] = rig_dial_as((uid_t)(100000 + i));
        for (int j = 0; j < EACH; j++)
            rig_send(fds[i], request, sizeof request - 1);
    }
    for (int i = 0; i < 1000; i++)
        rig_pass((struct cf_span){10000});
    int most = (CF_CONTROL_BURST + 11 * CF_CONTROL_PACE) / COST +
               2 * CF_CONTROL_CLIENTS_EACH; /* each may have its turn before what that costs is known */
    assert_in_range(served, CF_CONTROL_BURST / COST, most);
    int before = served, honest = rig_dial_as(1000);
    struct cf_buffer line = {0};
    rig_send(honest, request, sizeof request - 1);
    rig_pass((struct cf_span){10000});
    assert_true(rig_receive(honest, &line) > 0);
    assert_true(served > before);
    cf_buffer_finish(&line);
    for (int i = 0; i < UIDS; i++)
        close(fds[i]);
    close(honest);
    close(fd);
    rig_close();
    assert_int_equal(unlink(path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_file), cmocka_unit_test(test_one_person)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
