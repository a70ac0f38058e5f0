/* The record: whose it is, and that each of its fields is kept, copied and compared. */
#include "../unit.h"

#include "session/session.h"

#include <string.h>

/* An id is not an identity: each part of it tells two sessions apart, and nobody's birth is nobody. */
static void test_identity(void **state)
{
    (void)state;
    const struct cf_identity one = {.host = "h", .id = "1", .boot = 7, .birth = 10};
    struct cf_identity same = one, others[] = {one, one, one, one}, unborn = one;
    assert_true(cf_identity_equal(&one, &same));
    others[0].host = "g";
    others[1].id = "2";
    others[2].boot = 8;
    others[3].birth = 11;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(cf_identity_equal(&one, &others[i]));
    unborn.birth = 0;
    same = unborn;
    assert_false(cf_identity_equal(&unborn, &same));
}

/* Sets the field to one of three values; the first is unknown. */
static void set(struct cf_session *session, enum cf_field field, int value)
{
    static const char *const texts[] = {NULL, "a", "b"};
    static const char *const lists[][3] = {{NULL}, {"a", NULL}, {"a", "b", NULL}};
    void *at = (char *)session + cf_fields[field].offset;
    switch (cf_fields[field].type) {
    case CF_TYPE_STRING: cf_session_set_string(session, field, texts[value]); break;
    case CF_TYPE_LIST: cf_session_set_list(session, field, value ? lists[value] : NULL); break;
    case CF_TYPE_NUMBER: *(int64_t *)at = value ? value : CF_NUMBER_UNKNOWN; break;
    case CF_TYPE_TRI: *(enum cf_tri *)at = (enum cf_tri)value; break;
    case CF_TYPE_INSTANT: ((struct cf_instant *)at)->us = value ? value : CF_UNKNOWN_US; break;
    case CF_TYPE_SINCE: ((struct cf_mono *)at)->us = value ? value : CF_UNKNOWN_US; break;
    }
}

/* Of what differs, and was named, all is taken over, and nothing else. */
static void test_merge(void **state)
{
    (void)state;
    for (enum cf_field field = 0; field < CF_FIELD_COUNT; field++)
        for (int mine = 0; mine < 3; mine++)
            for (int theirs = 0; theirs < 3; theirs++) {
                struct cf_session to, from, copy;
                cf_session_init(&to);
                cf_session_init(&from);
                cf_session_init(&copy);
                set(&to, field, mine);
                set(&from, field, theirs);
                uint64_t bit = CF_FIELD_BIT(field);
                assert_int_equal(cf_session_merge(&to, &from, CF_FIELDS_ALL & ~bit), 0);
                assert_int_equal(cf_session_merge(&to, &from, bit), mine != theirs ? bit : 0);
                assert_int_equal(cf_session_merge(&to, &from, CF_FIELDS_ALL), 0);
                cf_session_copy(&copy, &from);
                assert_int_equal(cf_session_merge(&copy, &from, CF_FIELDS_ALL), 0);
                cf_session_finish(&to);
                cf_session_finish(&from);
                cf_session_finish(&copy);
            }
}

/* What differs in the middle of a list, or is missing at its end, is another list. */
static void test_lists(void **state)
{
    (void)state;
    static const char *const lists[][4] = {{NULL},           {"a", NULL},      {"b", NULL},
                                           {"a", "b", NULL}, {"b", "b", NULL}, {"a", "b", "c", NULL}};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (size_t j = 0; j < sizeof lists / sizeof *lists; j++) {
            struct cf_session to, from;
            cf_session_init(&to);
            cf_session_init(&from);
            cf_session_set_list(&to, CF_FIELD_GROUPS, lists[i]);
            cf_session_set_list(&from, CF_FIELD_GROUPS, lists[j]);
            assert_int_equal(cf_session_merge(&to, &from, CF_FIELDS_ALL),
                             i != j ? CF_FIELD_BIT(CF_FIELD_GROUPS) : 0);
            for (size_t item = 0; item < 4 && (item == 0 || lists[j][item - 1]); item++)
                assert_true(lists[j][item] ? strcmp(to.groups[item], lists[j][item]) == 0 : !to.groups[item]);
            cf_session_finish(&to);
            cf_session_finish(&from);
        }
}

static void test_copy(void **state)
{
    (void)state;
    const struct cf_session from = {.identity = {.host = "h", .id = "1", .boot = 7, .birth = 10}};
    struct cf_session copy;
    cf_session_copy(&copy, &from);
    assert_true(cf_identity_equal(&copy.identity, &from.identity));
    assert_ptr_not_equal(copy.identity.id, from.identity.id);
    cf_session_finish(&copy);
    cf_session_finish(&copy); /* nothing is left of it, … */
    assert_null(copy.identity.id);
    assert_false(cf_mono_known(copy.last_input)); /* … and nothing is known */
}

/* A clock that is behind the last input makes nobody idle, and nobody less than that. */
static void test_spans(void **state)
{
    (void)state;
    struct cf_session session;
    cf_session_init(&session);
    assert_false(cf_span_known(cf_session_span(&session, CF_FIELD_IDLE, (struct cf_mono){100})));
    session.last_input.us = 100;
    assert_int_equal(cf_session_span(&session, CF_FIELD_IDLE, (struct cf_mono){107}).us, 7);
    assert_int_equal(cf_session_span(&session, CF_FIELD_IDLE, (struct cf_mono){93}).us, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_identity), cmocka_unit_test(test_merge), cmocka_unit_test(test_lists),
        cmocka_unit_test(test_copy),     cmocka_unit_test(test_spans),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
