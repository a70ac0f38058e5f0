#include "../../fixture/root.h"
#include "../unit.h"
#include "crowd.h"

enum { ROUNDS = 1 };

static void test_crowd(void **state)
{
    (void)state;
    needs_root();
    struct cf_error err;
    if (crowd_open(ROUNDS, &err) != CF_OK)
        fail_msg("%s", err.text);
    crowd_run();
    assert_int_equal(crowd_close(), CROWD_USERS);
    assert_int_equal(crowd.honest.served, ROUNDS * CROWD_KINDS_OF_REQUEST * CROWD_EACH * CROWD_USERS /
                                              2); /* every one, and rightly */
    assert_int_equal(crowd.honest.wrong, 0);
    assert_int_equal(crowd.honest.leaked, 0);
    assert_int_equal(crowd.hostile.leaked, 0);
    assert_true(crowd.hostile.sent > 1000000); /* they did try */
    assert_true(crowd.hostile.served > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_crowd)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
