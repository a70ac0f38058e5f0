#include "snippet.h"

#include <math.h>

static void test_table(void **state)
{
    (void)state;
    static const char *const table[][2] = {
        {"return 5 * minute", "5 minutes"},
        {"return minute * 1.5", "1 minute 30 seconds"},
        {"return 'in ' .. 90 * minute .. '.'", "in 1 hour 30 minutes."},
        {"return 1 * hour - 10 * minute + second", "50 minutes 1 second"},
        {"return hour / 4", "15 minutes"},
        {"return hour / minute", "60.0"},
        {"return -hour + 2 * hour == hour", "true"},
        {"return 60 * second == minute", "true"},
        {"return minute == 60", "false"},
        {"return minute < hour and not (hour <= minute) and minute >= 60 * second", "true"},
        {"return never", "never"},
        {"return never - 5 * minute == never and never + day == never", "true"},
        {"return never - never", "0 seconds"},
        {"return type(minute) .. type(never) .. type(1)", "spaninstantnumber"},
        {"local seen = {} seen[2 * minute] = 'x' return seen[120 * second]", "x"},
        {"return tostring(day)", "1 day"},
        {"return minute + 5",
         "!test.lua:1: the span 1 minute + the number 5 makes no sense; a number wants a unit"},
        {"return minute < 5", "!the span 1 minute < the number 5 makes no sense"},
        {"return 5 >= minute", "!the span 1 minute <= the number 5 makes no sense"},
        {"return minute < never", "true"},
        {"return never > minute and never >= minute and not (minute >= never)", "true"},
        {"return never + never", "never"},
        {"return never * 2 == never and never / 2 == never and never - minute == never", "true"},
        {"return never * -1", "!makes no sense"},
        {"return minute - never", "!makes no sense"},
        {"return 'it ends ' .. never", "it ends never"},
        {"return minute * minute", "!makes no sense"},
        {"return 5 / minute", "!makes no sense"},
        {"return minute / 0", "!beyond all reckoning"},
        {"return minute / (0 * minute)", "!has no value"},
        {"return '5' + minute", "!\"5\" + the span 1 minute makes no sense"},
        {"return minute + nil", "!the span 1 minute + nil makes no sense"},
        {"return minute + {}", "!the span 1 minute + a table makes no sense"},
        {"return minute .. {}", "!cannot join a table"},
        {"return minute % second", "!% the span 1 second makes no sense"},
        {"return minute // second", "!// the span 1 second makes no sense"},
        {"return minute ^ 2", "!^ the number 2 makes no sense"},
        {"return -never", "!cannot be negative"},
        {"return minute.us", "!the span 1 minute has no fields"},
        {"minute.us = 5", "!the span 1 minute has no fields"},
        {"return 1e300 * day", "!beyond all reckoning"},
        {"return math.maxinteger * day", "!beyond all reckoning"},
        {"return (0 / 0) * day", "!beyond all reckoning"},
        {"local x = day for i = 1, 64 do x = x + x end", "!beyond all reckoning"},
        {"return getmetatable(minute)", "false"},
        {"local a\na = minute\n+ true", "!test.lua:"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        snippet_check(table[i][0], table[i][1]);
}

/* ---- Properties: random arithmetic as C has it ---- */

struct pair {
    int64_t a, b, number;
};

static void push_call(lua_State *L, int operation, int64_t a, int64_t b)
{
    cf_lua_push_span(L, (struct cf_span){a});
    cf_lua_push_span(L, (struct cf_span){b});
    lua_arith(L, operation);
}

static int64_t pop_us(lua_State *L)
{
    assert_true(cf_lua_is_span(L, -1) && !cf_lua_is_instant(L, -1));
    int64_t us = cf_lua_to_span(L, -1).us;
    lua_pop(L, 1);
    return us;
}

static int check_pair(lua_State *L)
{
    const struct pair *pair = lua_touserdata(L, 1);
    int64_t a = pair->a, b = pair->b;
    cf_lua_open_time(L);

    push_call(L, LUA_OPADD, a, b);
    assert_int_equal(pop_us(L), a + b);
    push_call(L, LUA_OPSUB, a, b);
    assert_int_equal(pop_us(L), a - b);

    cf_lua_push_instant(L, (struct cf_instant){a});
    cf_lua_push_span(L, (struct cf_span){b});
    lua_arith(L, LUA_OPADD);
    assert_true(cf_lua_is_instant(L, -1));
    cf_lua_push_instant(L, (struct cf_instant){a});
    lua_arith(L, LUA_OPSUB);
    assert_int_equal(pop_us(L), b);

    cf_lua_push_span(L, (struct cf_span){a >> 20});
    lua_pushinteger(L, pair->number);
    lua_arith(L, LUA_OPMUL);
    assert_int_equal(pop_us(L), (a >> 20) * pair->number);

    cf_lua_push_span(L, (struct cf_span){a >> 10});
    lua_pushinteger(L, 7);
    lua_arith(L, LUA_OPDIV);
    assert_true(fabs((double)pop_us(L) - (double)(a >> 10) / 7) <= 1);

    cf_lua_push_span(L, (struct cf_span){a});
    cf_lua_push_span(L, (struct cf_span){b});
    assert_int_equal(lua_compare(L, -2, -1, LUA_OPLT), a < b);
    assert_int_equal(lua_compare(L, -2, -1, LUA_OPLE), a <= b);
    assert_int_equal(lua_rawequal(L, -2, -1), a == b);
    return 0;
}

static void test_arithmetic(void **state)
{
    (void)state;
    struct cf_lua lua;
    struct cf_error err = {0};
    uint64_t seed = 1;
    assert_int_equal(cf_lua_open(&lua, CF_LUA_MEMORY, CF_LUA_BUDGET, &err), 0);
    for (int i = 0; i < 20000; i++) {
        struct pair pair = {(int64_t)chance(&seed) >> 5, (int64_t)chance(&seed) >> 5,
                            pick(&seed, 2001) - 1000};
        if (i % 5 == 0)
            pair.b = pair.a; /* equal ones are rare otherwise */
        if (cf_lua_protect(&lua, check_pair, &pair, &err) < 0)
            fail_msg("%lld %lld: %s", (long long)pair.a, (long long)pair.b, err.text);
    }
    cf_lua_close(&lua);
}

static int check_round_trip(lua_State *L)
{
    static const int64_t edges[] = {0, 1, -1, CF_LUA_TIME_MAX, -CF_LUA_TIME_MAX, CF_UNKNOWN_US, INT64_MAX};
    cf_lua_open_time(L);
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
        cf_lua_push_span(L, (struct cf_span){edges[i]});
        cf_lua_push_instant(L, (struct cf_instant){edges[i]});
        assert_int_equal(cf_lua_to_span(L, -2).us, edges[i]);
        assert_int_equal(cf_lua_to_instant(L, -1).us, edges[i]);
        assert_int_equal(lua_rawequal(L, -1, -2), edges[i] == INT64_MAX); /* never is both */
    }
    cf_lua_push_span(L, (struct cf_span){CF_LUA_TIME_MAX + 1});
    assert_int_equal(cf_lua_to_span(L, -1).us, CF_LUA_TIME_MAX);

    /* An unknown span never counts against a user: it compares as none at all, whatever is done with it. */
    cf_lua_push_span(L, (struct cf_span){CF_UNKNOWN_US});
    cf_lua_push_span(L, CF_MINUTE);
    assert_true(lua_compare(L, -2, -1, LUA_OPLT));
    lua_arith(L, LUA_OPADD);
    assert_false(cf_span_known(cf_lua_to_span(L, -1)));
    assert_string_equal(cf_lua_push_text(L, -1), "an unknown time");
    return 0;
}

static void test_round_trip(void **state)
{
    (void)state;
    struct cf_lua lua;
    struct cf_error err = {0};
    assert_int_equal(cf_lua_open(&lua, CF_LUA_MEMORY, CF_LUA_BUDGET, &err), 0);
    if (cf_lua_protect(&lua, check_round_trip, NULL, &err) < 0)
        fail_msg("%s", err.text);
    cf_lua_close(&lua);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_arithmetic),
        cmocka_unit_test(test_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
