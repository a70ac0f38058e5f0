/* A session in closing, whose terminal has gone with its line: who has that number by now is somebody else.
 */
#include "fake_logind.h"

#include <pty.h>

#define BIRTH 1000000

static void is_written_to_no_more(void **state)
{
    (void)state;
    static const struct {
        const char *state;
        bool delivered;
    } cases[] = {{"active", true}, {"closing", false}, {"online", true}};
    int master, slave;
    char path[128], shown[256];
    assert_int_equal(openpty(&master, &slave, path, NULL, NULL), 0);
    fake.sessions[0] = (struct fake_session){.id = "c7",
                                             .user = "ana",
                                             .class_ = "user",
                                             .type = "tty",
                                             .tty = path + strlen("/dev/"),
                                             .uid = getuid(),
                                             .born = BIRTH};
    fake.count = 1;
    fake_open((struct cf_logind_setup){0});
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fake.sessions[0].state = cases[i].state;
        fake_warn("c7", BIRTH, "Going soon.");
        assert_int_equal(fake.completion.delivered, cases[i].delivered);
        if (cases[i].delivered)
            assert_true(read(master, shown, sizeof shown) > 0);
    }
    fake_close();
    (void)close(master);
    (void)close(slave);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(is_written_to_no_more)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
