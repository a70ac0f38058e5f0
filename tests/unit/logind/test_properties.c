/* What follows from logind's properties of a session. */
#include "logind/properties.h"

#include "../unit.h"

static struct cf_clock watch;

static struct cf_mono hinted(enum cf_tri idle, int64_t since_us, enum cf_tri can_idle)
{
    const struct cf_properties properties = {.idle_hint = idle, .idle_since = since_us, .can_idle = can_idle};
    return cf_properties_hinted_input(&properties, &watch);
}

static void a_hint_counts_where_there_is_one(void **state)
{
    (void)state;
    const int64_t start = INT64_C(1700000000000000), hour = CF_HOUR.us;
    cf_clock_init_virtual(&watch, (struct cf_instant){start}, 0);
    const struct cf_mono now = cf_clock_now(&watch);
    for (enum cf_tri can = CF_TRI_UNKNOWN; can <= CF_TRI_YES; can++) {
        bool counts = can != CF_TRI_NO; /* what systemd before 257 does not tell is no "no" */
        assert_int_equal(hinted(CF_TRI_YES, start - hour, can).us,
                         counts ? now.us - hour : CF_MONO_UNKNOWN.us);
        assert_int_equal(hinted(CF_TRI_NO, start - hour, can).us, counts ? now.us : CF_MONO_UNKNOWN.us);
        assert_false(cf_mono_known(hinted(CF_TRI_NO, 0, can))); /* nobody ever set it */
        assert_false(cf_mono_known(hinted(CF_TRI_UNKNOWN, start - hour, can)));
    }
}

static void the_birth_tells_leaders_apart(void **state)
{
    (void)state;
    const struct cf_properties unknown = {.logon_awake = CF_NUMBER_UNKNOWN, .leader_pidfd = 7},
                               plain = {.logon_awake = 1000, .leader_pidfd = CF_NUMBER_UNKNOWN},
                               one = {.logon_awake = 1000, .leader_pidfd = 7},
                               other = {.logon_awake = 1000, .leader_pidfd = 8};
    assert_true(cf_properties_birth(&unknown) == 0);
    assert_true(cf_properties_birth(&plain) == 1000);
    assert_true(cf_properties_birth(&one) > 0);
    assert_true(cf_properties_birth(&one) != cf_properties_birth(&other));
    assert_true(cf_properties_birth(&one) != cf_properties_birth(&plain));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hint_counts_where_there_is_one),
        cmocka_unit_test(the_birth_tells_leaders_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
