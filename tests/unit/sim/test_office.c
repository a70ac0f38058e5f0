/* The office generator: the same for equal settings, valid, bounded, and fast. */
#include "base/text.h"
#include "sim/office.h"
#include "sim/sim.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Of 50 users and 14 days, seed 1, UTC. */
#define RECORDED UINT64_C(0xEA6196E4B18AE5C2)

static const struct cf_instant monday = {INT64_C(1772409600000000)}; /* 2026-03-02 */

static struct cf_scenario *open_office(uint32_t users, uint32_t days, uint64_t seed, bool faults,
                                       const char *zone_name)
{
    const struct cf_zone *zone = NULL;
    assert_int_equal(cf_zone_get(zone_name, &zone, NULL), 0);
    struct cf_office office = {
        .users = users, .days = days, .seed = seed, .start = monday, .faults = faults, .zone = zone};
    struct cf_scenario *scenario = NULL;
    assert_int_equal(cf_office_create(&office, &scenario, NULL), 0);
    assert_int_equal(scenario->length_us, days * CF_DAY.us);
    return scenario;
}

static int hash_line(void *data, const char *text, size_t length)
{
    uint64_t *hash = data;
    for (size_t i = 0; i < length; i++)
        *hash = (*hash ^ (unsigned char)text[i]) * UINT64_C(0x100000001B3);
    return 0;
}

static uint64_t hash_of(uint64_t seed, bool faults, const char *zone)
{
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    struct cf_scenario *scenario = open_office(50, 14, seed, faults, zone);
    assert_int_equal(cf_scenario_print(scenario, hash_line, &hash), 0);
    cf_scenario_destroy(scenario);
    return hash;
}

static void test_equal_settings_give_equal_streams(void **state)
{
    (void)state;
    uint64_t first = hash_of(1, false, "UTC");
    assert_true(first == hash_of(1, false, "UTC"));
    assert_true(first != hash_of(2, false, "UTC"));
    assert_true(first != hash_of(1, true, "UTC"));
    assert_true(first != hash_of(1, false, "Europe/Berlin"));
    if (first != RECORDED) /* written down, so that every compiler and machine must agree */
        fail_msg("the office of seed 1 has changed: its hash is 0x%" PRIX64, first);
}

static void test_streams_make_sense(void **state)
{
    (void)state;
    static const char *const zones[] = {"UTC", "America/New_York", "Asia/Tokyo", "Pacific/Kiritimati"};
    for (size_t i = 0; i < 4; i++) {
        struct cf_scenario *scenario = open_office(60, 40, i, i % 2, zones[i]);
        struct cf_script *script = cf_script_create(scenario->start);
        struct cf_event event;
        unsigned kinds = 0;
        while (scenario->next(scenario, &event)) {
            struct cf_error err;
            assert_true(event.at_us < scenario->length_us);
            if (cf_script_add(script, &event, &err) < 0)
                fail_msg("%s", err.text);
            kinds |= 1u << event.kind;
        }
        unsigned never = 1u << CF_EVENT_SLEEP | 1u << CF_EVENT_STEP | 1u << CF_EVENT_STOP_OUTPUT |
                         1u << CF_EVENT_START_OUTPUT | (i % 2 ? 0 : 1u << CF_EVENT_FAULT);
        assert_int_equal(kinds, ((1u << CF_EVENT_KINDS) - 1) & ~never);
        cf_script_destroy(script);
        cf_scenario_destroy(scenario);
    }
}

/* People come in the morning of their own zone, on Mondays to Fridays for the most part. */
static void test_people_keep_office_hours(void **state)
{
    (void)state;
    static const char *const names[] = {"America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata"};
    for (size_t i = 0; i < 3; i++) {
        struct cf_scenario *scenario = open_office(100, 60, 9, false, names[i]);
        const struct cf_zone *zone = NULL;
        assert_int_equal(cf_zone_get(names[i], &zone, NULL), 0);
        unsigned logons = 0, weekend = 0;
        struct cf_event event;
        while (scenario->next(scenario, &event)) {
            struct cf_civil civil = cf_zone_civil(zone, monday.us + event.at_us);
            int weekday = cf_weekday_of_days(cf_days_of_date(civil.date));
            if (event.kind == CF_EVENT_INPUT)
                assert_true(civil.hour < 1 || civil.hour >= 7);
            if (event.kind != CF_EVENT_LOGON || event.at_us == 0)
                continue;
            assert_in_range(civil.hour, 7, 9);
            logons++;
            weekend += weekday > 4;
        }
        assert_true(logons > 1500);
        assert_in_range(weekend, 1, logons / 20);
        cf_scenario_destroy(scenario);
    }
}

static size_t room_after(uint32_t days)
{
    struct cf_scenario *scenario = open_office(100, days, 3, true, "UTC");
    struct cf_event event;
    while (scenario->next(scenario, &event))
        continue;
    size_t room = cf_office_room(scenario);
    cf_scenario_destroy(scenario);
    return room;
}

static void test_memory_does_not_grow_with_the_days(void **state)
{
    (void)state;
    assert_int_equal(room_after(10), room_after(200));
}

static void test_bounds(void **state)
{
    (void)state;
    static const uint32_t bad[][2] = {{0, 1}, {1000001, 1}, {1, 0}, {1, 36601}};
    for (size_t i = 0; i < 4; i++) {
        struct cf_office office = {.users = bad[i][0], .days = bad[i][1]};
        struct cf_scenario *scenario = NULL;
        struct cf_error err;
        assert_int_equal(cf_office_create(&office, &scenario, &err), CF_USAGE);
        assert_null(scenario);
    }
}

/* A year of a thousand users holds five million inputs: here a part of it, by proportion. */
static void test_there_is_much_to_do(void **state)
{
    (void)state;
    struct cf_scenario *scenario = open_office(200, 56, 4, false, "UTC");
    struct cf_event event;
    uint64_t inputs = 0;
    while (scenario->next(scenario, &event))
        inputs += event.kind == CF_EVENT_INPUT;
    uint64_t year = inputs * 1000 / 200 * 365 / 56;
    print_message("inputs in a year of 1000 users: about %" PRIu64 "\n", year);
    assert_true(year >= 5000000);
    cf_scenario_destroy(scenario);
}

/* ---- Played ---- */

struct hearer {
    struct cf_backend *sim;
    uint64_t logons, gone, hash, requests;
};

static void listing(void *data, bool done)
{
    (void)data, (void)done;
}

/* Ends every third session a while after it began, which the scenario cannot know. */
static void seen(void *data, const struct cf_session *session, uint64_t fields)
{
    struct hearer *hearer = data;
    hearer->hash = hearer->hash * 31 + fields + (uint64_t)session->identity.birth;
    if ((fields & CF_FIELD_BIT(CF_FIELD_USER)) == 0)
        return;
    hearer->logons++;
    if (hearer->logons % 3 == 0)
        cf_sim_ops.submit(hearer->sim, &(struct cf_request){.id = ++hearer->requests,
                                                            .action = CF_ACTION_LOGOFF_FORCED,
                                                            .deadline = CF_MONO_UNKNOWN,
                                                            .quiet_since = CF_MONO_UNKNOWN,
                                                            .session = session->identity});
}

static void gone(void *data, const struct cf_identity *identity)
{
    (void)identity;
    ((struct hearer *)data)->gone++;
}

static void answered(void *data, uint64_t notice, bool yes)
{
    (void)data, (void)notice, (void)yes;
}

static void reachable(void *data, const struct cf_error *err)
{
    (void)data, (void)err;
}

static void completed(void *data, const struct cf_completion *completion)
{
    struct hearer *hearer = data;
    hearer->hash = hearer->hash * 31 + (uint64_t)completion->code;
}

static struct hearer play(uint64_t seed)
{
    struct hearer hearer = {0};
    struct cf_backend_sink sink = {&hearer, listing, seen, gone, answered, reachable, completed};
    struct cf_scenario *scenario = open_office(40, 30, seed, true, "UTC");
    struct cf_sim_setup setup = {
        .scenario = scenario, .seed = seed, .faults = {.latency = {20 * CF_MINUTE.us}}};
    struct cf_loop *loop = NULL;
    assert_int_equal(cf_loop_create_virtual(monday, 0, &loop, NULL), 0);
    assert_int_equal(cf_sim_ops.open(loop, &sink, &setup, &hearer.sim, NULL), 0);
    cf_loop_run(loop);
    uint64_t there = 0;
    for (uint32_t label = 0; label < 40; label++)
        there += cf_sim_session(hearer.sim, label) != NULL;
    assert_true(hearer.logons == hearer.gone + there);
    cf_sim_ops.close(hearer.sim);
    cf_loop_destroy(loop);
    cf_scenario_destroy(scenario);
    return hearer;
}

static void test_playing_is_repeatable(void **state)
{
    (void)state;
    struct hearer a = play(1), b = play(1), c = play(2);
    assert_true(a.hash == b.hash && a.logons == b.logons);
    assert_true(a.hash != c.hash);
    assert_true(a.logons > 400 && a.requests > 100);
}

static int tear_down(void **state)
{
    (void)state;
    cf_zones_release();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_settings_give_equal_streams),
        cmocka_unit_test(test_streams_make_sense),
        cmocka_unit_test(test_people_keep_office_hours),
        cmocka_unit_test(test_memory_does_not_grow_with_the_days),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_there_is_much_to_do),
        cmocka_unit_test(test_playing_is_repeatable),
    };
    return cmocka_run_group_tests(tests, NULL, tear_down);
}
