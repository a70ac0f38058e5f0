/* A session that serves terminals, read while a listing is under way: who sits at another may be looking at
 * them. */
#include "fake_logind.h"

#include "logind/input.h"

#define BEGUN ((struct cf_mono){1})
#define BIRTH 1000000

/* Each session is one with a tmux server in it. */
bool __wrap_cf_input_serves(const struct cf_input *input);
void __wrap_cf_input_prepare_elsewhere(struct cf_input *input, struct cf_logind *host,
                                       const struct cf_cached *known);
void __real_cf_input_prepare_elsewhere(struct cf_input *input, struct cf_logind *host,
                                       const struct cf_cached *known);

static bool looked;         /* at the session itself */
static bool looked_further; /* at the user's others, */
static size_t others;       /* which were so many */

bool __wrap_cf_input_serves(const struct cf_input *input)
{
    looked = true;
    return input->read;
}

void __wrap_cf_input_prepare_elsewhere(struct cf_input *input, struct cf_logind *host,
                                       const struct cf_cached *known)
{
    __real_cf_input_prepare_elsewhere(input, host, known);
    looked_further = true;
    others = input->elsewhere_count;
}

static void waits_for_all_of_its_users(void **state)
{
    (void)state;
    static const struct fake_session people[] = {
        {.id = "c7", .user = "ana", .class_ = "user", .type = "tty", .uid = 1000, .born = BIRTH},
        {.id = "c8", .user = "ana", .class_ = "user", .type = "tty", .uid = 1000, .born = BIRTH},
    };
    fake.count = sizeof people / sizeof people[0];
    memcpy(fake.sessions, people, sizeof people);
    fake.slow = "c8";
    fake_connect((struct cf_logind_setup){.once = true});
    fake_turn(&fake.told);
    fake_submit(CF_ACTION_REFRESH, "c7", BIRTH, CF_FIELD_BIT(CF_FIELD_IDLE), BEGUN);
    fake_turn(&looked);
    assert_false(looked_further);
    assert_false(fake.completed);
    fake_release();
    fake_turn(&fake.completed);
    assert_true(looked_further);
    assert_int_equal(others, 1);
    assert_int_equal(fake.completion.code, CF_OK);
    fake_close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(waits_for_all_of_its_users)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
