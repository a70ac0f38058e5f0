#include "pace.h"

#include "imports.h"
#include "leap.h"

static double speed = 1;
static int64_t begun, frequency, begun_ms, begun_units, wall_at_begin, stepped;
static int64_t pretended = INT64_MAX; /* by whoever holds the server's lock */

static int64_t ticks(void)
{
    LARGE_INTEGER now;
    (void)QueryPerformanceCounter(&now);
    return now.QuadPart;
}

/* Real µs since the beginning. */
static double passed(void)
{
    return (double)(ticks() - begun) * 1e6 / (double)frequency;
}

static int64_t real_now(void)
{
    return leap_is_on() ? leap_now() : (int64_t)(passed() * speed);
}

int64_t pace_now(void)
{
    return pretended == INT64_MAX ? real_now() : pretended;
}

void pace_pretend(int64_t now)
{
    pretended = now;
}

int64_t pace_wall(int64_t now)
{
    return wall_at_begin + (now + stepped) * 10;
}

void pace_step(int64_t us)
{
    stepped += us;
}

int64_t pace_pulse(void)
{
    return speed > 1 && !leap_is_on() ? pace_now() + (int64_t)(20000 * speed) : INT64_MAX;
}

DWORD pace_milliseconds(int64_t us)
{
    if (us == INT64_MAX)
        return INFINITE;
    double real = (double)us / speed / 1000;
    return real < 1 ? 1 : real > 1e8 ? 100000000 : (DWORD)real;
}

/* ---- What the program sees ---- */

static ULONGLONG WINAPI tick_count(void)
{
    return (ULONGLONG)(begun_ms + real_now() / 1000);
}

static BOOL WINAPI unbiased(ULONGLONG *units)
{
    *units = (ULONGLONG)(begun_units + real_now() * 10);
    return TRUE;
}

static BOOL WINAPI counter(LARGE_INTEGER *value)
{
    value->QuadPart = begun + (int64_t)((double)real_now() * (double)frequency / 1e6);
    return TRUE;
}

static VOID WINAPI system_time(FILETIME *time)
{
    int64_t wall = pace_wall(real_now());
    time->dwLowDateTime = (DWORD)wall;
    time->dwHighDateTime = (DWORD)(wall >> 32);
}

void pace_begin(int64_t wall, double factor)
{
    static const struct import imports[] = {
        {"GetTickCount64", (void (*)(void))tick_count},
        {"QueryUnbiasedInterruptTime", (void (*)(void))unbiased},
        {"QueryPerformanceCounter", (void (*)(void))counter},
        {"GetSystemTimePreciseAsFileTime", (void (*)(void))system_time},
    };
    ULONGLONG units = 0;
    LARGE_INTEGER per_second;
    (void)QueryPerformanceFrequency(&per_second);
    (void)QueryUnbiasedInterruptTime(&units);
    frequency = per_second.QuadPart;
    begun = ticks();
    begun_ms = (int64_t)GetTickCount64();
    begun_units = (int64_t)units;
    wall_at_begin = wall;
    speed = factor;
    imports_replace(imports, sizeof imports / sizeof imports[0]);
}
