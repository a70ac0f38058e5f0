#include "../unit.h"

#include "control/account.h"

enum { STEP = 1000000 / CF_CONTROL_PACE, STEP_ALL = 1000000 / CF_CONTROL_PACE_ALL };

static const char nobody_lends[] = "/nonexistent/subuid";

static struct cf_accounts *accounts;
static struct cf_mono now;
static uv_loop_t loop;

static int set_up(void **state)
{
    (void)state;
    now = (struct cf_mono){CF_SECOND.us * 1000};
    assert_int_equal(uv_loop_init(&loop), 0);
    accounts = cf_accounts_create(nobody_lends, &loop, now);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    cf_accounts_destroy(accounts);
    (void)uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    return 0;
}

/* How long a request of the user waits for its turn. */
static int64_t wait_of(int64_t uid)
{
    return cf_account_turn(accounts, cf_accounts_find(accounts, uid, now), now).us - now.us;
}

static void charge(int64_t uid, unsigned cost)
{
    cf_account_charge(accounts, cf_accounts_find(accounts, uid, now), cost);
}

/* The accounts that are kept besides the first one, whose user still has a client. */
static int kept_after(const struct cf_account *first)
{
    int kept = 0;
    for (const struct cf_account *account = first->next; account; account = account->next)
        kept++;
    return kept;
}

static void test_burst(void **state)
{
    (void)state;
    for (int i = 0; i <= CF_CONTROL_BURST; i++)
        assert_true(wait_of(1) <= 0);
    for (int i = 1; i < 5; i++)
        assert_int_equal(wait_of(1), i * STEP);
    assert_true(wait_of(2) <= 0);
}

/* However many users ask: after a second's rest the requests of a second, then so many a second. */
static void test_all_share(void **state)
{
    (void)state;
    for (int i = 0; i <= CF_CONTROL_PACE_ALL; i++)
        assert_true(wait_of(i % 10) <= 0);
    for (int i = 1; i < 5; i++)
        assert_int_equal(wait_of(i % 10), i * STEP_ALL);
}

static void test_cost(void **state)
{
    (void)state;
    for (int i = 0; i <= CF_CONTROL_BURST; i++)
        (void)wait_of(1);
    charge(1, 0);
    charge(1, 1);
    assert_int_equal(wait_of(1), STEP);
    charge(1, 5);
    assert_int_equal(wait_of(1), 6 * STEP);
}

static void test_cost_to_all(void **state)
{
    (void)state;
    charge(1, 1 + CF_CONTROL_PACE_ALL + 4);
    assert_int_equal(wait_of(2), 4 * STEP_ALL);
}

/* One is forgotten once its user has no client and has rested, and not a moment before. */
static void test_forgotten(void **state)
{
    (void)state;
    struct cf_account *first = cf_accounts_find(accounts, 1, now);
    first->clients = 1;
    (void)wait_of(2);
    cf_accounts_find(accounts, 3, now)->clients = 1;
    now.us += STEP - 1;
    (void)cf_accounts_find(accounts, 4, now);
    assert_int_equal(kept_after(first), 3);
    now.us++;
    (void)cf_accounts_find(accounts, 5, now);
    assert_int_equal(kept_after(first), 2);
    now.us += CF_HOUR.us;
    (void)cf_accounts_find(accounts, 6, now);
    assert_int_equal(kept_after(first), 2);
}

/* A bucket of credit, in microseconds, that fills as time passes. */
struct bucket {
    int64_t credit, most;
};

static int64_t wait_for(const struct bucket *bucket)
{
    return bucket->credit < 0 ? -bucket->credit : 0;
}

static void fill(struct bucket *bucket, int64_t us)
{
    bucket->credit = bucket->credit + us < bucket->most ? bucket->credit + us : bucket->most;
}

/* Whoever asks for however much, at any times, waits as two buckets say: their own, and that of all. */
static void test_any_users(void **state)
{
    (void)state;
    enum { USERS = 5, ROUNDS = 20000 };
    uint64_t seed = 1;
    struct bucket own[USERS], all = {.credit = CF_SECOND.us, .most = CF_SECOND.us};
    for (int i = 0; i < USERS; i++)
        own[i] = (struct bucket){CF_CONTROL_BURST * (int64_t)STEP, CF_CONTROL_BURST * (int64_t)STEP};
    for (int i = 0; i < ROUNDS; i++) {
        int64_t user = pick(&seed, USERS), cost = pick(&seed, 4);
        int64_t passed = pick(&seed, 100) ? pick(&seed, 20000) : pick(&seed, 20 * CF_SECOND.us);
        now.us += passed;
        fill(&all, passed);
        for (int j = 0; j < USERS; j++)
            fill(&own[j], passed);
        int64_t expected = wait_for(&own[user]) > wait_for(&all) ? wait_for(&own[user]) : wait_for(&all);
        int64_t wait = wait_of(user);
        assert_int_equal(wait > 0 ? wait : 0, expected);
        charge(user, (unsigned)cost);
        own[user].credit -= (cost > 1 ? cost : 1) * STEP;
        all.credit -= (cost > 1 ? cost : 1) * STEP_ALL;
    }
}

static void test_none(void **state)
{
    (void)state;
    cf_accounts_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_burst, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_all_share, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cost, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cost_to_all, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_forgotten, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_any_users, set_up, tear_down),
        cmocka_unit_test(test_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
