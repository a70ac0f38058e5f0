#include "desk.h"

/* What is read back prints as it did when it was written, whatever it is. */

enum { ROUNDS = 2000 };

static char *expected[ROUNDS];
static size_t seen;

static char *print(const struct cf_entry *entry)
{
    struct cf_buffer json = {0};
    cf_json_line(&json, cf_entry_json(entry));
    return json.data;
}

static bool compare(void *data, const struct cf_entry *entry)
{
    (void)data;
    char *json = print(entry);
    assert_string_equal(json, expected[seen++]);
    free(json);
    return true;
}

static int64_t some_number(uint64_t *random)
{
    return pick(random, 4) ? pick(random, 100000) : (int64_t)chance(random);
}

static void write_by_chance(uint64_t *random, uint64_t number)
{
    struct cf_session session;
    cf_session_init(&session);
    session.identity = (struct cf_identity){"lab", desk_text(random), chance(random), some_number(random)};
    session.user = (char *)(uintptr_t)desk_text(random);
    session.name = (char *)(uintptr_t)desk_text(random);
    session.uid = pick(random, 3) ? pick(random, 5000) : CF_NUMBER_UNKNOWN;
    struct cf_entry entry = {.number = number,
                             .decision = pick(random, 2) ? (uint64_t)pick(random, 500) : 0,
                             .at = {INT64_C(1772443500000000) + pick(random, INT64_C(9000000000000))},
                             .what = (enum cf_what)pick(random, CF_WHAT_COUNT),
                             .dry = pick(random, 2),
                             .code = -(int)pick(random, 11),
                             .policy = pick(random, 4) ? "idle" : NULL,
                             .line = (int)pick(random, 300),
                             .session = pick(random, 4) ? &session : NULL,
                             .idle = {pick(random, 3) ? some_number(random) : CF_UNKNOWN_US},
                             .text = desk_text(random),
                             .reason = desk_text(random),
                             .unwarned = pick(random, 2),
                             .in_use = pick(random, 2),
                             .revision = pick(random, 2) ? "0123456789abcdef" : NULL};
    expected[number - 1] = print(&entry);
    const struct cf_journal *journal = cf_writer_journal(desk.writer);
    journal->write(journal->data, &entry, pick(random, 2) ? desk_on_kept : NULL, NULL);
}

static void test_round_trip(void **state)
{
    (void)state;
    uint64_t random = 7;
    desk_open();
    for (uint64_t number = 1; number <= ROUNDS; number++) {
        write_by_chance(&random, number);
        if (pick(&random, 50) == 0)
            desk_run();
    }
    desk_close();
    assert_int_equal(cf_query_run(desk.folder, &CF_QUERY_ALL, compare, NULL, NULL), CF_OK);
    assert_int_equal(seen, ROUNDS);
    for (size_t i = 0; i < ROUNDS; i++)
        free(expected[i]);
}

/* A text beyond the limit is cut between characters. */
static bool is_cut(void *data, const struct cf_entry *entry)
{
    (void)data;
    assert_in_range(strlen(entry->text), (16 << 10) - 3, 16 << 10);
    for (const char *c = entry->text; *c; c += cf_utf8_length(c))
        assert_int_equal(cf_utf8_length(c), c == entry->text ? 1 : 3);
    return true;
}

static void test_long_text(void **state)
{
    (void)state;
    char *text = cf_alloc(100001);
    text[0] = 'x';
    for (size_t i = 1; i < 99999; i += 3)
        memcpy(text + i, "€", 3);
    text[99997] = '\0';
    desk_open();
    desk_write(CF_WHAT_WARN, 1, text, false);
    free(text);
    desk_close();
    assert_int_equal(cf_query_run(desk.folder, &CF_QUERY_ALL, is_cut, NULL, NULL), CF_OK);
}

/* Every combination of filters gives what looking at each entry would have given. */
struct sieve {
    struct cf_query query;
    uint64_t numbers[300];
    size_t count;
};

static bool take_number(void *data, const struct cf_entry *entry)
{
    struct sieve *sieve = data;
    sieve->numbers[sieve->count++] = entry->number;
    return true;
}

struct simple {
    const char *user, *policy, *session;
    int64_t at;
    enum cf_what what;
    bool dry;
};

static bool is_meant(const struct cf_query *query, const struct simple *entry)
{
    return (!query->user || strcmp(query->user, entry->user) == 0) &&
           (!query->session || strcmp(query->session, entry->session) == 0) &&
           (!query->policy || strcmp(query->policy, entry->policy) == 0) &&
           (!cf_instant_known(query->since) || entry->at >= query->since.us) &&
           (!cf_instant_known(query->until) || entry->at < query->until.us) &&
           (!query->whats || (query->whats >> entry->what & 1)) && (!query->dry || entry->dry);
}

static void test_filters(void **state)
{
    (void)state;
    static const char *const users[] = {"ana", "bruno", "o'neil"}, *const policies[] = {"idle", "night"},
                             *const sessions[] = {"1", "c2"};
    static struct simple entries[300];
    uint64_t random = 3;
    desk_open();
    const struct cf_journal *journal = cf_writer_journal(desk.writer);
    for (uint64_t i = 0; i < 300; i++) {
        struct simple *one = &entries[i];
        *one = (struct simple){users[pick(&random, 3)],        policies[pick(&random, 2)],
                               sessions[pick(&random, 2)],     pick(&random, 1000),
                               (enum cf_what)pick(&random, 5), pick(&random, 2)};
        struct cf_session session;
        cf_session_init(&session);
        session.identity = (struct cf_identity){"host", one->session, 1, 1};
        session.user = (char *)(uintptr_t)one->user;
        struct cf_entry entry = {.number = i + 1,
                                 .at = {one->at},
                                 .what = one->what,
                                 .dry = one->dry,
                                 .policy = one->policy,
                                 .session = &session};
        journal->write(journal->data, &entry, NULL, NULL);
    }
    desk_close();
    for (int round = 0; round < 300; round++) {
        struct sieve sieve = {.query = CF_QUERY_ALL};
        struct cf_query *query = &sieve.query;
        query->user = pick(&random, 2) ? users[pick(&random, 3)] : NULL;
        query->session = pick(&random, 2) ? sessions[pick(&random, 2)] : NULL;
        query->policy = pick(&random, 2) ? policies[pick(&random, 2)] : NULL;
        query->since.us = pick(&random, 2) ? pick(&random, 1000) : CF_UNKNOWN_US;
        query->until.us = pick(&random, 2) ? pick(&random, 1000) : CF_UNKNOWN_US;
        query->whats = pick(&random, 2) ? (uint64_t)pick(&random, 32) : 0;
        query->dry = pick(&random, 2);
        query->after = pick(&random, 2) ? (uint64_t)pick(&random, 300) : 0;
        query->last = pick(&random, 2) ? (uint64_t)pick(&random, 50) : 0;
        assert_int_equal(cf_query_run(desk.folder, query, take_number, &sieve, NULL), CF_OK);
        size_t left = sieve.count, meant = 0;
        for (size_t i = 300; i-- > query->after;) {
            if (!is_meant(query, &entries[i]) || (query->last && meant == query->last))
                continue;
            meant++;
            assert_true(left > 0);
            assert_int_equal(sieve.numbers[--left], i + 1);
        }
        assert_int_equal(left, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_round_trip, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_long_text, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_filters, desk_set_up, desk_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
