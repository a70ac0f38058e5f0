#include "pace.h"

#include <string.h>

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
    return (int64_t)(passed() * speed);
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
    return speed > 1 ? pace_now() + (int64_t)(20000 * speed) : INT64_MAX;
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
    value->QuadPart = begun + (int64_t)((double)(ticks() - begun) * speed);
    return TRUE;
}

static VOID WINAPI system_time(FILETIME *time)
{
    int64_t wall = pace_wall(real_now());
    time->dwLowDateTime = (DWORD)wall;
    time->dwHighDateTime = (DWORD)(wall >> 32);
}

static const struct {
    const char *name;
    void (*by)(void);
} hooks[] = {
    {"GetTickCount64", (void (*)(void))tick_count},
    {"QueryUnbiasedInterruptTime", (void (*)(void))unbiased},
    {"QueryPerformanceCounter", (void (*)(void))counter},
    {"GetSystemTimePreciseAsFileTime", (void (*)(void))system_time},
};

static void hook(const char *name, void **slot)
{
    DWORD before;
    for (size_t i = 0; i < sizeof hooks / sizeof hooks[0]; i++) {
        if (strcmp(hooks[i].name, name) != 0 || !VirtualProtect(slot, sizeof *slot, PAGE_READWRITE, &before))
            continue;
        memcpy(slot, &hooks[i].by, sizeof *slot);
        (void)VirtualProtect(slot, sizeof *slot, before, &before);
    }
}

/* The program's table of imported functions, as the PE format has it. */
static void hook_program(void)
{
    char *base = (char *)GetModuleHandleW(NULL);
    const IMAGE_NT_HEADERS *header =
        (const void *)(base + ((const IMAGE_DOS_HEADER *)(void *)base)->e_lfanew);
    DWORD at = header->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT].VirtualAddress;
    for (const IMAGE_IMPORT_DESCRIPTOR *dll = (const void *)(base + at); at && dll->Name; dll++) {
        const IMAGE_THUNK_DATA *names = (const void *)(base + dll->OriginalFirstThunk);
        void **slots = (void **)(void *)(base + dll->FirstThunk);
        for (size_t i = 0; names[i].u1.AddressOfData; i++)
            if (!IMAGE_SNAP_BY_ORDINAL(names[i].u1.Ordinal))
                hook((const char *)((const IMAGE_IMPORT_BY_NAME *)(void *)(base + names[i].u1.AddressOfData))
                         ->Name,
                     &slots[i]);
    }
}

void pace_begin(int64_t wall, double factor)
{
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
    hook_program();
}
