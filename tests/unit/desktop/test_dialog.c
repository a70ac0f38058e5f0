/*
 * Dialogs by another program: what is told of one that shows it, that cannot, that is answered, and of none
 * at all; and nothing is left of either. The programs are scripts of the test's own.
 */
#include "desktop/dialog.h"

#include "../../fixture/folder.h"
#include "../unit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct user {
    struct cf_loop *loop;
    struct cf_dialog *dialog;
    bool closes; /* as soon as it is shown */
    char told[100];
} user;

static void on_shown(void *data, bool yes)
{
    (void)data;
    strcat(user.told, yes ? "shown " : "not shown ");
    if (!user.closes)
        return;
    cf_dialog_close(user.dialog);
    user.dialog = NULL;
}

static void on_ended(void *data, bool pressed)
{
    (void)data;
    strcat(user.told, pressed ? "pressed" : "ended");
    user.dialog = NULL;
}

/* Where the programs of these names, as many as the list holds, do as `script` says. */
static void show(const char *const *programs, const char *script, bool closes)
{
    const struct cf_dialog_calls calls = {.shown = on_shown, .ended = on_ended};
    const struct cf_agent_order_line order = {.id = 1, .text = "In 5 minutes."};
    struct cf_error err;
    for (; *programs; programs++)
        assert_int_equal(chmod(folder_write(*programs, script), 0700), 0);
    assert_int_equal(setenv("PATH", folder_path(""), 1), 0);
    user = (struct user){.closes = closes};
    double speed =
        closes ? 1 : 0.01; /* what ends by itself does so before it counts as shown, however long it takes */
    assert_int_equal(cf_loop_create_virtual((struct cf_instant){0}, speed, &user.loop, &err), 0);
    user.dialog = cf_dialog_show(user.loop, &order, &calls);
}

static void expect(const char *told)
{
    cf_loop_run(user.loop);
    assert_null(user.dialog);
    assert_string_equal(user.told, told);
    cf_loop_destroy(user.loop); /* asserts that nothing is left open */
}

static const char *const none[] = {NULL}, *const zenity[] = {"zenity", NULL},
                         *const xmessage[] = {"xmessage", NULL};

static void test_no_program(void **state)
{
    (void)state;
    show(none, NULL, false);
    expect("not shown ended");
}

static void test_one_that_is_closed_before_it_is_shown(void **state)
{
    (void)state;
    for (int program = 0; program < 2; program++) {
        show(program ? zenity : none, "#!/bin/sh\nexec /bin/sleep 1000\n", false);
        cf_dialog_close(user.dialog);
        user.dialog = NULL;
        expect("");
    }
}

static void test_programs(void **state)
{
    (void)state;
    static const struct {
        const char *const *programs;
        const char *script;
        bool closes;
        const char *told;
    } cases[] = {
        {zenity, "#!/bin/sh\nexit 1\n", false, "not shown ended"}, /* it has no display */
        {zenity, "#!/bin/sh\nexit 0\n", false, "shown pressed"},
        {zenity, "#!/bin/sh\nexec /bin/sleep 1000\n", true, "shown "},
        {xmessage, "#!/bin/sh\nexit 2\n", false, "shown pressed"},
        {xmessage, "#!/bin/sh\nexit 0\n", false, "not shown ended"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        show(cases[i].programs, cases[i].script, cases[i].closes);
        expect(cases[i].told);
        assert_int_equal(unlink(folder_path(cases[i].programs[0])), 0);
    }
}

int main(int count, char **words)
{
    if (count > 3 && strcmp(words[1], CF_DIALOG_WORD) == 0)
        return cf_dialog_become(words[2], words + 3);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_programs, folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(test_no_program, folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(test_one_that_is_closed_before_it_is_shown, folder_set_up,
                                        folder_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
