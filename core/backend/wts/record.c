#include "wts/record.h"

#include "wts/utf16.h"

#include <stdlib.h>
#include <string.h>

#define BEFORE_1970 INT64_C(11644473600000000) /* µs, since 1601 */

#define BIT CF_FIELD_BIT

const uint64_t cf_wts_row_fields = BIT(CF_FIELD_NAME) | BIT(CF_FIELD_USER) | BIT(CF_FIELD_DOMAIN) |
                                   BIT(CF_FIELD_CLASS) | BIT(CF_FIELD_TYPE) | BIT(CF_FIELD_ACTIVE) |
                                   BIT(CF_FIELD_DISCONNECTED) | BIT(CF_FIELD_CLOSING) |
                                   BIT(CF_FIELD_CONSOLE) | BIT(CF_FIELD_REMOTE);

const uint64_t cf_wts_info_fields = BIT(CF_FIELD_LOGON) | BIT(CF_FIELD_AGE) | BIT(CF_FIELD_LOCKED) |
                                    BIT(CF_FIELD_DISCONNECTED_FOR) | BIT(CF_FIELD_IDLE) |
                                    BIT(CF_FIELD_IDLE_SOURCE);

/* ---- The server's clock ---- */

struct cf_instant cf_wts_instant(int64_t time)
{
    return (struct cf_instant){time > 0 ? time / 10 - BEFORE_1970 : CF_UNKNOWN_US};
}

void cf_wts_clock_take(struct cf_wts_clock *clock, struct cf_mono at, int64_t current)
{
    struct cf_instant shown = cf_wts_instant(current);
    if (!cf_instant_known(shown))
        return;
    if (!clock->known) {
        clock->known = true;
        clock->base = at;
        cf_clock_init_virtual(&clock->clock, shown, 0);
        return;
    }
    struct cf_mono to = {at.us - clock->base.us}, before = cf_clock_now(&clock->clock);
    if (to.us < before.us)
        return; /* of two readings at once the earlier: nothing to learn from it */
    cf_clock_advance(&clock->clock, to);
    struct cf_span off = {shown.us - cf_clock_wall(&clock->clock).us};
    if (off.us > CF_WTS_STEADY.us || off.us < -CF_WTS_STEADY.us)
        cf_clock_step_since(&clock->clock, off, before);
}

struct cf_mono cf_wts_clock_mono(const struct cf_wts_clock *clock, int64_t time)
{
    struct cf_instant instant = cf_wts_instant(time);
    if (!clock->known || !cf_instant_known(instant))
        return CF_MONO_UNKNOWN;
    struct cf_instant now = cf_clock_wall(&clock->clock);
    if (instant.us > now.us && instant.us <= now.us + CF_WTS_STEADY.us)
        instant = now; /* of just now: readings differ by as much */
    return (struct cf_mono){cf_clock_mono_of_wall(&clock->clock, instant).us + clock->base.us};
}

int64_t cf_wts_clock_time(const struct cf_wts_clock *clock, struct cf_mono at)
{
    if (!clock->known)
        return 0;
    struct cf_mono mono = {at.us - clock->base.us};
    return (cf_clock_wall_of_mono(&clock->clock, mono).us + BEFORE_1970) * 10;
}

/* ---- A session ---- */

enum cf_wts_locks cf_wts_locks_here(void)
{
    /* What GetVersionEx says depends on the program's manifest; the kernel's own function does not. */
    typedef LONG WINAPI version_of(OSVERSIONINFOW * version);
    OSVERSIONINFOW version = {.dwOSVersionInfoSize = sizeof version};
    FARPROC found = GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "RtlGetVersion");
    version_of *get = NULL;
    memcpy(&get, &found, sizeof get);
    if (!get || get(&version) != 0)
        return CF_WTS_LOCKS_UNKNOWN;
    return version.dwMajorVersion == 6 && version.dwMinorVersion == 1 ? CF_WTS_LOCKS_REVERSED
                                                                      : CF_WTS_LOCKS_PLAIN;
}

bool cf_wts_is_session(DWORD id, DWORD state)
{
    return id != CF_WTS_SERVICES && id != CF_WTS_LISTENER && state != CF_WTS_LISTEN;
}

static bool is_console(const char *name)
{
    return name && _stricmp(name, "console") == 0;
}

static bool is_rdp(const char *name)
{
    return name && _strnicmp(name, "rdp", 3) == 0;
}

void cf_wts_record_state(struct cf_session *record, DWORD state, const char *name)
{
    bool named = name && *name, disconnected = state == CF_WTS_DISCONNECTED;
    cf_session_set_string(record, CF_FIELD_NAME, named ? name : NULL);
    cf_session_set_string(record, CF_FIELD_TYPE, is_console(name) ? "console" : is_rdp(name) ? "rdp" : NULL);
    record->active = cf_tri_of(state == CF_WTS_ACTIVE || state == CF_WTS_SHADOW);
    record->disconnected = cf_tri_of(disconnected);
    record->closing = cf_tri_of(state == CF_WTS_DOWN || state == CF_WTS_RESET);
    record->console = named ? cf_tri_of(is_console(name)) : disconnected ? CF_TRI_NO : CF_TRI_UNKNOWN;
    record->remote = named ? cf_tri_of(!is_console(name)) : CF_TRI_UNKNOWN;
}

void cf_wts_record_user(struct cf_session *record, const char *user, const char *domain)
{
    cf_session_set_string(record, CF_FIELD_USER, user);
    cf_session_set_string(record, CF_FIELD_DOMAIN, domain);
    cf_session_set_string(record, CF_FIELD_CLASS, user ? "user" : "greeter");
}

static bool is_past(int64_t time, int64_t now)
{
    return time > 0 && time <= now;
}

/* Whoever is at it, or was. */
static bool is_of_console(const struct cf_wts_infoex *info)
{
    char *name = cf_utf8_of_field(info->data.name, sizeof info->data.name / sizeof info->data.name[0]);
    bool console = is_console(name);
    free(name);
    return console;
}

bool cf_wts_is_at_console(const struct cf_wts_infoex *info)
{
    return info->data.state == CF_WTS_ACTIVE && is_of_console(info);
}

/* All times of signs of life that there are, how many; 0: the last of them is not known. */
static size_t find_lives(const struct cf_wts_infoex *info, int64_t lives[4])
{
    int64_t now = info->data.current.QuadPart, input = info->data.last_input.QuadPart,
            disconnect = info->data.disconnect.QuadPart, connect = info->data.connect.QuadPart,
            logon = info->data.logon.QuadPart;
    DWORD state = info->data.state;
    bool away = state == CF_WTS_DISCONNECTED, there = state == CF_WTS_ACTIVE || state == CF_WTS_SHADOW;
    if (away ? !is_past(disconnect, now)
             : !there || is_of_console(info) || !is_past(input, now) ||
                   connect > now) /* the clock was set back: on which side the input was nobody knows */
        return 0;
    size_t count = 0;
    const int64_t all[] = {input, connect, logon, away ? disconnect : 0};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (is_past(all[i], now))
            lives[count++] = all[i];
    return count;
}

int64_t cf_wts_last_life(const struct cf_wts_infoex *info)
{
    int64_t lives[4], last = 0;
    for (size_t i = find_lives(info, lives); i-- > 0;)
        if (lives[i] > last)
            last = lives[i];
    return last;
}

/* On a clock that was set, the greatest time need not be the latest. */
static struct cf_mono latest_life(const struct cf_wts_infoex *info, const struct cf_wts_clock *clock)
{
    int64_t lives[4];
    struct cf_mono last = CF_MONO_UNKNOWN;
    for (size_t i = find_lives(info, lives); i-- > 0;) {
        struct cf_mono at = cf_wts_clock_mono(clock, lives[i]);
        if (cf_mono_is_after(at, last))
            last = at;
    }
    return last;
}

enum cf_tri cf_wts_locked(const struct cf_wts_infoex *info, enum cf_wts_locks locks)
{
    LONG flags = info->data.flags;
    if (locks == CF_WTS_LOCKS_UNKNOWN || (flags != CF_WTS_FLAGS_LOCKED && flags != CF_WTS_FLAGS_UNLOCKED))
        return CF_TRI_UNKNOWN;
    return cf_tri_of((flags == CF_WTS_FLAGS_LOCKED) == (locks == CF_WTS_LOCKS_PLAIN));
}

void cf_wts_record_info(struct cf_session *record, const struct cf_wts_infoex *info,
                        const struct cf_wts_clock *clock, enum cf_wts_locks locks)
{
    int64_t now = info->data.current.QuadPart, logon = info->data.logon.QuadPart,
            disconnect = info->data.disconnect.QuadPart;
    bool away = info->data.state == CF_WTS_DISCONNECTED && is_past(disconnect, now);
    record->identity.birth = logon > 0 ? logon : 0;
    record->logon = cf_wts_instant(logon);
    record->logged_on = cf_wts_clock_mono(clock, is_past(logon, now) ? logon : 0);
    record->locked = cf_wts_locked(info, locks);
    record->disconnected_since = cf_wts_clock_mono(clock, away ? disconnect : 0);
    record->last_input = latest_life(info, clock);
    cf_session_set_string(record, CF_FIELD_IDLE_SOURCE, cf_mono_known(record->last_input) ? "wts" : NULL);
}
