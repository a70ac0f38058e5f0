/*
 * Idle times and ages, whatever a server says, by a small model of its own: once of any numbers at all, once
 * of a session whose history is known, on a server whose clock is set. Nobody may look idler than they are.
 */
#include "wts/record.h"

#include "../unit.h"

#define NOON      INT64_C(134168544000000000)
#define START_US  (INT64_C(48) * 3600 * 1000000) /* of the loop's time */
#define SECOND    INT64_C(1000000)
#define TOLERANCE (4 * CF_WTS_STEADY.us) /* what calls take, and steps too small to be seen */

static uint64_t seed;

static struct cf_session record;

static void take(struct cf_wts_clock *clock, const struct cf_wts_infoex *info, int64_t at_us)
{
    cf_session_finish(&record);
    cf_session_init(&record);
    cf_wts_clock_take(clock, (struct cf_mono){at_us}, info->data.current.QuadPart);
    cf_wts_record_info(&record, info, clock, CF_WTS_LOCKS_PLAIN);
}

/* ---- Any numbers at all, at one look ---- */

/* A time as a server may give it: none, long ago, a moment ago, now, or yet to come. */
static int64_t any_time(int64_t now)
{
    switch (pick(&seed, 9)) {
    case 0: return 0;
    case 1: return -pick(&seed, INT64_MAX);
    case 2: return 1 + pick(&seed, 1000);
    case 3: return now + 1 + pick(&seed, 3);
    case 4: return now + pick(&seed, INT64_C(40000000000));
    case 5: return now;
    case 6: return now - pick(&seed, 20);
    default: return now - pick(&seed, INT64_C(9000000000000));
    }
}

static struct cf_wts_infoex any_info(void)
{
    static const wchar_t *const names[] = {L"RDP-Tcp#7", L"",          L"Console",
                                           L"console",   L"ICA-tcp#3", L"Console1"};
    struct cf_wts_infoex info = {.level = 1, .data = {.id = 3}};
    int64_t now = pick(&seed, 20) ? NOON + pick(&seed, INT64_C(1000000000)) : pick(&seed, 2) ? 0 : -1;
    info.data.state = pick(&seed, 2) ? CF_WTS_ACTIVE : (DWORD)pick(&seed, CF_WTS_INIT + 3);
    (void)wcscpy(info.data.name, names[pick(&seed, sizeof names / sizeof names[0])]);
    info.data.flags = (LONG)pick(&seed, 4) - 1;
    info.data.current.QuadPart = now;
    info.data.logon.QuadPart = any_time(now);
    info.data.connect.QuadPart = any_time(now);
    info.data.disconnect.QuadPart = any_time(now);
    info.data.last_input.QuadPart = any_time(now);
    return info;
}

/* How long ago, in ticks; -1: nobody knows. */
static int64_t ago(LARGE_INTEGER time, LARGE_INTEGER now)
{
    return time.QuadPart > 0 && time.QuadPart <= now.QuadPart ? now.QuadPart - time.QuadPart : -1;
}

static int64_t sooner(int64_t a, int64_t b)
{
    return a < 0 || (b >= 0 && b < a) ? b : a;
}

/* What may be said of it, in ticks; -1: nothing. Whoever is there must have typed some time, whoever is away
 * must have left; a later connection or logon is a sign of life, too. */
static int64_t model_idle(const struct cf_wts_infoex *info)
{
    LARGE_INTEGER now = info->data.current;
    int64_t input = ago(info->data.last_input, now), left = ago(info->data.disconnect, now),
            came = ago(info->data.connect, now), began = ago(info->data.logon, now);
    bool at_console = _wcsicmp(info->data.name, L"Console") == 0,
         to_come = info->data.connect.QuadPart > now.QuadPart;
    if (info->data.state == CF_WTS_DISCONNECTED)
        return left < 0 ? -1 : sooner(sooner(left, input), sooner(came, began));
    if ((info->data.state != CF_WTS_ACTIVE && info->data.state != CF_WTS_SHADOW) || at_console || input < 0 ||
        to_come)
        return -1;
    return sooner(input, sooner(came, began));
}

static void assert_ago(struct cf_mono moment, int64_t ticks, int64_t round)
{
    if (cf_mono_known(moment) != (ticks >= 0))
        fail_msg("case %lld: %s", (long long)round, ticks >= 0 ? "it is known" : "it is not known");
    if (ticks >= 0 && llabs(START_US - moment.us - ticks / 10) > 1)
        fail_msg("case %lld: %lld µs ago, not %lld", (long long)round, (long long)(START_US - moment.us),
                 (long long)ticks / 10);
}

static void whatever_is_said_unknown_is_not_idle(void **state)
{
    (void)state;
    for (int64_t round = 0; round < CASES(200000); round++) {
        struct cf_wts_clock clock = {0};
        seed = (uint64_t)round * 7919;
        struct cf_wts_infoex info = any_info();
        LARGE_INTEGER now = info.data.current;
        take(&clock, &info, START_US);
        assert_ago(record.last_input, model_idle(&info), round);
        assert_ago(record.logged_on, ago(info.data.logon, now), round);
        assert_ago(record.disconnected_since,
                   info.data.state == CF_WTS_DISCONNECTED ? ago(info.data.disconnect, now) : -1, round);
        assert_int_equal(record.identity.birth, info.data.logon.QuadPart > 0 ? info.data.logon.QuadPart : 0);
        assert_int_equal(!record.idle_source, !cf_mono_known(record.last_input));
    }
}

/* What Microsoft's quser makes of it: "24692+13:29". */
static void a_last_input_of_zero_is_no_time_of_day(void **state)
{
    (void)state;
    struct cf_wts_clock clock = {0};
    struct cf_wts_infoex info = {.level = 1, .data = {.id = 3, .state = CF_WTS_ACTIVE, .name = L"RDP-Tcp#7"}};
    info.data.current.QuadPart = NOON;
    info.data.logon.QuadPart = info.data.connect.QuadPart = NOON - 36000000000;
    take(&clock, &info, START_US);
    assert_false(cf_mono_known(record.last_input));
}

/* ---- A session's history, on a server whose clock is set ---- */

static struct {
    int64_t now_us, ahead_us; /* true time; how far the server's clock is ahead of it */
    bool steps;               /* it is set now and then */
    struct cf_wts_clock clock;
    struct cf_wts_infoex info;
    int64_t life_us, left_us, began_us; /* when that truly was; left: INT64_MIN where they are there */
} world;

static void stamp(LARGE_INTEGER *time)
{
    time->QuadPart = NOON + (world.now_us - START_US + world.ahead_us) * 10;
}

static void pass(int64_t most_us)
{
    world.now_us += pick(&seed, most_us);
}

static void set_clock(void)
{
    static const int64_t sizes[] = {SECOND / 5, 10 * SECOND, 600 * SECOND, 7200 * SECOND, 86400 * SECOND};
    int64_t by = pick(&seed, sizes[pick(&seed, 5)]);
    world.ahead_us += pick(&seed, 2) ? by : -by;
}

static void live(void)
{
    bool away = world.left_us != INT64_MIN;
    switch (pick(&seed, 4)) {
    case 0:
        if (away) { /* comes back */
            world.info.data.state = CF_WTS_ACTIVE;
            stamp(&world.info.data.connect);
            world.left_us = INT64_MIN;
        } else {
            world.info.data.state = CF_WTS_DISCONNECTED;
            stamp(&world.info.data.disconnect);
            world.left_us = world.now_us;
        }
        world.life_us = world.now_us;
        break;
    case 1:
    case 2:
        if (away)
            break;
        stamp(&world.info.data.last_input);
        world.life_us = world.now_us;
        break;
    default: break;
    }
}

static void assert_not_before(struct cf_mono moment, int64_t truly_us, int64_t round, const char *what)
{
    if (cf_mono_known(moment) && moment.us < truly_us - TOLERANCE)
        fail_msg("case %lld: %s looks %lld µs longer than it is", (long long)round, what,
                 (long long)(truly_us - moment.us));
}

/* What the call took counts for nobody. */
static void look(int64_t round)
{
    stamp(&world.info.data.current);
    take(&world.clock, &world.info, world.now_us + pick(&seed, CF_WTS_STEADY.us / 2));
    assert_not_before(record.last_input, world.life_us, round, "idle");
    assert_not_before(record.logged_on, world.began_us, round, "age");
    if (world.left_us != INT64_MIN)
        assert_not_before(record.disconnected_since, world.left_us, round, "disconnected");
    else
        assert_false(cf_mono_known(record.disconnected_since));
    if (!world.steps &&
        (!cf_mono_known(record.last_input) || record.last_input.us > world.life_us + TOLERANCE))
        fail_msg("case %lld: on a clock that nobody sets, idle is not what it is", (long long)round);
}

static void play(int64_t round, bool steps)
{
    seed = (uint64_t)round * 104729;
    world.now_us = world.life_us = world.began_us = START_US;
    world.ahead_us = 0;
    world.steps = steps;
    world.left_us = INT64_MIN;
    world.clock = (struct cf_wts_clock){0};
    world.info =
        (struct cf_wts_infoex){.level = 1, .data = {.id = 3, .state = CF_WTS_ACTIVE, .name = L"RDP-Tcp#7"}};
    stamp(&world.info.data.logon);
    world.info.data.connect = world.info.data.last_input = world.info.data.logon;
    for (int i = 0; i < 30;
         i++) { /* what was done before the first look, or to and fro between two, nobody can know */
        for (int64_t more = pick(&seed, 3); more > 0; more--, pass(100 * SECOND))
            live();
        if (steps && i > 0 && pick(&seed, 3) == 0)
            set_clock();
        for (int64_t more = pick(&seed, 3); more > 0; more--, live())
            pass(100 * SECOND);
        pass(pick(&seed, 2) ? SECOND : 600 * SECOND);
        look(round);
    }
}

static void on_a_steady_clock_it_is_what_it_is(void **state)
{
    (void)state;
    for (int64_t round = 0; round < CASES(5000); round++)
        play(round, false);
}

static void whatever_is_done_to_the_clock_nobody_looks_idler(void **state)
{
    (void)state;
    for (int64_t round = 0; round < CASES(20000); round++)
        play(round, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_is_said_unknown_is_not_idle),
        cmocka_unit_test(a_last_input_of_zero_is_no_time_of_day),
        cmocka_unit_test(on_a_steady_clock_it_is_what_it_is),
        cmocka_unit_test(whatever_is_done_to_the_clock_nobody_looks_idler),
    };
    cf_session_init(&record);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
