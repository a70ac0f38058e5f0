#include "server_fixture.h"

#include "control/account.h"
#include "control/subuids.h"

static void test_file(void **state)
{
    (void)state;
    const char *path =
        folder_write("subuid", "ana:100000:65536\nbob:165536:65536\nana:500000:10\n\n:\nx:y:z\ncut:1\n"
                               "big:99999999999999999999:5\nneg:-5:100\nlast:700000:1");
    struct cf_subuids *subuids = cf_subuids_create(path);
    struct cf_mono now = {0};
    int64_t ana = cf_subuids_owner(subuids, 100000, now), bob = cf_subuids_owner(subuids, 165536, now);
    assert_true(ana < 0 && bob < 0 && ana != bob);
    assert_int_equal(cf_subuids_owner(subuids, 165535, now), ana);
    assert_int_equal(cf_subuids_owner(subuids, 500009, now), ana);
    assert_int_equal(cf_subuids_owner(subuids, 500010, now), 500010);
    assert_int_equal(cf_subuids_owner(subuids, 1000, now), 1000);
    assert_true(cf_subuids_owner(subuids, 700000, now) < 0);
    (void)folder_write("subuid", "");
    assert_int_equal(cf_subuids_owner(subuids, 100000, now), ana); /* not yet */
    now.us += CF_MINUTE.us;
    assert_int_equal(cf_subuids_owner(subuids, 100000, now), 100000);
    cf_subuids_destroy(subuids);
    assert_int_equal(unlink(path), 0);
    subuids = cf_subuids_create(path); /* there is none */
    assert_int_equal(cf_subuids_owner(subuids, 100000, now), 100000);
    cf_subuids_destroy(subuids);
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
    needs_root();
    enum { UIDS = 60, EACH = 20, COST = 5 };
    static const char *const no_words[] = {NULL};
    const struct cf_control_verb verbs[] = {{"x", true, no_words, handle_nothing, COST}, {0}};
    int served = 0, fds[UIDS];
    server_make_place();
    const char *path = folder_write("subuid", "eve:100000:65536\n");
    assert_int_equal(chmod(path, 0644), 0); /* while somebody dials, the server is that user, too */
    server_open(verbs, &served, path);
    for (int i = 0; i < UIDS; i++) {
        fds[i] = caller_dial_as((uid_t)(100000 + i));
        for (int j = 0; j < EACH; j++)
            caller_send(fds[i], request, sizeof request - 1);
    }
    for (int i = 0; i < 1000; i++)
        server_pass((struct cf_span){10000});
    int most = (CF_CONTROL_BURST + 11 * CF_CONTROL_PACE) / COST +
               2 * CF_CONTROL_CLIENTS_EACH; /* each may have its turn before what that costs is known */
    assert_in_range(served, CF_CONTROL_BURST / COST, most);
    int before = served, honest = caller_dial_as(1000);
    struct cf_buffer line = {0};
    caller_send(honest, request, sizeof request - 1);
    server_pass((struct cf_span){10000});
    assert_true(caller_receive(honest, &line) > 0);
    assert_true(served > before);
    cf_buffer_finish(&line);
    for (int i = 0; i < UIDS; i++)
        close(fds[i]);
    close(honest);
    server_close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_file, folder_set_up, folder_tear_down),
        cmocka_unit_test(test_one_person)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
