#include "server.h"

#include "base/memory.h"
#include "faults.h"
#include "leap.h"
#include "pace.h"
#include "settings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BEFORE_1970 INT64_C(11644473600000000) /* µs */

static CRITICAL_SECTION lock;
static CONDITION_VARIABLE happened;
static struct session **sessions;
static size_t count;
static DWORD last_id, caller;
static unsigned last_connection;
static struct cf_scenario *scenario;
static struct cf_event next_event;
static bool has_event;
static int64_t at; /* µs of the scenario at pace_now() 0 */
static uint64_t event_serial;
static struct {
    uint64_t serial;
    DWORD bits;
} events[64];
static FILE *log_file;

void server_lock(void)
{
    EnterCriticalSection(&lock);
}

void server_unlock(void)
{
    LeaveCriticalSection(&lock);
}

int64_t server_wall(void)
{
    return pace_wall(pace_now());
}

void server_log(const char *format, ...)
{
    if (!log_file)
        return;
    va_list words;
    va_start(words, format);
    (void)vfprintf(log_file, format, words);
    (void)fputc('\n', log_file);
    (void)fflush(log_file);
    va_end(words);
}

void server_wake(void)
{
    if (leap_is_on())
        leap_wake();
    else
        WakeAllConditionVariable(&happened);
}

static void tell(DWORD bits)
{
    event_serial++;
    events[event_serial % 64].serial = event_serial;
    events[event_serial % 64].bits = bits;
    server_wake();
}

DWORD server_events(uint64_t *since)
{
    DWORD bits = 0;
    if (*since == UINT64_MAX) /* a first wait: from now on */
        *since = event_serial;
    for (size_t i = 0; i < 64; i++)
        if (events[i].serial > *since)
            bits |= events[i].bits;
    *since = event_serial;
    return bits;
}

/* ---- Sessions ---- */

struct session *server_session(DWORD id)
{
    if (id && id <= count && sessions[id - 1]->present && sessions[id - 1]->id == id)
        return sessions[id - 1]; /* as they are numbered where nothing else is said */
    for (size_t i = count; i-- > 0;)
        if (sessions[i]->present && sessions[i]->id == id)
            return sessions[i];
    return NULL;
}

size_t server_count(void)
{
    return count;
}

struct session *server_at(size_t index)
{
    return sessions[index]->present ? sessions[index] : NULL;
}

DWORD server_caller(void)
{
    return caller;
}

static struct session *at_label(uint32_t label)
{
    for (size_t i = count; i-- > 0;)
        if (sessions[i]->present && sessions[i]->label == label)
            return sessions[i];
    return NULL;
}

static struct session *add(uint32_t label, DWORD id)
{
    struct session *session = cf_alloc(sizeof *session);
    int64_t now = server_wall();
    if (!id || server_session(id))
        do
            id = ++last_id;
        while (server_session(id));
    *session = (struct session){.present = true,
                                .id = id,
                                .label = label,
                                .connection = ++last_connection,
                                .state = CF_WTS_ACTIVE,
                                .logon = now,
                                .connect = now,
                                .last_input = now};
    sessions = cf_grow(sessions, count, sizeof(struct session *));
    return sessions[count++] = session;
}

/* Services and the listener are here without it. */
static void log_on(uint32_t label, const struct cf_session *record)
{
    if (record->class_ && (strcmp(record->class_, "service") == 0 || strcmp(record->class_, "listener") == 0))
        return;
    struct session *session = add(label, record->identity.id ? strtoul(record->identity.id, NULL, 10) : 0);
    session->name = cf_strdup(record->name);
    session->user = cf_strdup(record->user);
    if (!record->user)
        session->state = CF_WTS_CONNECTED;
    session->domain = cf_strdup(record->domain ? record->domain : "OFFICE");
    session->console = record->console == CF_TRI_YES || (record->seat && record->console == CF_TRI_UNKNOWN);
    session->client = session->console ? NULL : cf_strdup(record->client ? record->client : "THINCLIENT");
    session->blind = cf_text_equal(record->idle_source, "unknown");
    if (scenario && scenario->caller == (int64_t)label + 1)
        caller = session->id;
    tell(0x1 | 0x8 | 0x20 | 0x80);
}

void server_end(struct session *session, const char *why)
{
    session->present = false;
    server_log("%s %s", why, session->user ? session->user : "-");
    tell(0x2 | 0x40 | 0x80);
}

void server_disconnect(struct session *session)
{
    session->state = CF_WTS_DISCONNECTED;
    session->disconnect = server_wall();
    tell(0x10 | 0x80);
}

static void reconnect(struct session *session)
{
    session->state = CF_WTS_ACTIVE;
    session->connection = ++last_connection;
    session->name = NULL;
    session->connect = session->last_input = server_wall();
    tell(0x8 | 0x80);
}

static void change_program(struct session *session, const char *name, bool runs)
{
    for (size_t i = 0; i < session->program_count; i++)
        if (strcmp(session->programs[i], name) == 0 && !runs) {
            free(session->programs[i]);
            session->programs[i] = session->programs[--session->program_count];
            return;
        }
    if (!runs)
        return;
    session->programs = cf_grow(session->programs, session->program_count, sizeof(char *));
    session->programs[session->program_count++] = cf_strdup(name);
}

/* ---- The scenario ---- */

static void play_in(struct session *session, const struct cf_event *event)
{
    switch (event->kind) {
    case CF_EVENT_INPUT: session->last_input = server_wall(); break;
    case CF_EVENT_LOCK: session->locked = true; break;
    case CF_EVENT_RETURN:
    case CF_EVENT_RECONNECT:
        if (session->state == CF_WTS_DISCONNECTED)
            reconnect(session);
        /* fall through */
    case CF_EVENT_UNLOCK:
        session->locked = false;
        session->last_input = server_wall();
        break;
    case CF_EVENT_DISCONNECT: server_disconnect(session); break;
    case CF_EVENT_LOGOFF: server_end(session, "left"); break;
    case CF_EVENT_JOB: change_program(session, event->text, event->argument == 1); break;
    case CF_EVENT_ANSWER:
        if (session->asked) {
            session->answer = event->argument == 1 ? CF_WTS_ANSWER_YES : CF_WTS_ANSWER_NO;
            session->last_input = server_wall();
            server_wake();
        }
        break;
    default: break;
    }
}

static void play(const struct cf_event *event)
{
    struct session *session = at_label(event->label);
    if (event->kind == CF_EVENT_STEP)
        pace_step(event->argument);
    else if (event->kind == CF_EVENT_LOGON && !session)
        log_on(event->label, event->logon);
    else if (event->kind == CF_EVENT_RETURN && !session)
        for (size_t i = count; i-- > 0 && !session;) {
            if (sessions[i]->label != event->label)
                continue;
            const struct session *before = sessions[i];
            session = add(event->label, 0);
            session->user = cf_strdup(before->user);
            session->domain = cf_strdup(before->domain);
            session->client = cf_strdup(before->client);
            session->console = before->console;
            session->blind = before->blind;
            tell(0x1 | 0x8 | 0x20 | 0x80);
        }
    else if (session)
        play_in(session, event);
}

void server_catch_up(void)
{
    int64_t now = pace_now() + at;
    while (has_event && next_event.at_us <= now) {
        /* each at its own time, also where it was long ago */
        pace_pretend(next_event.at_us - at);
        play(&next_event);
        has_event = scenario->next(scenario, &next_event);
    }
    pace_pretend(INT64_MAX);
}

void server_wait(int64_t until)
{
    if (has_event && next_event.at_us - at < until)
        until = next_event.at_us - at;
    int64_t left = until == INT64_MAX ? INT64_MAX : until - pace_now();
    if (left > 0 && leap_is_on()) {
        server_unlock();
        leap_wait(until);
        server_lock();
    } else if (left > 0)
        (void)SleepConditionVariableCS(&happened, &lock, pace_milliseconds(left));
    server_catch_up();
}

/* ---- The beginning, and the end ---- */

static void add_crowd(int64_t wanted)
{
    for (int64_t i = 1; i <= wanted; i++) {
        char user[32];
        struct session *session = add(UINT32_MAX, 0);
        (void)snprintf(user, sizeof user, "user%lld", (long long)i);
        session->user = cf_strdup(user);
        session->domain = cf_strdup("OFFICE");
        session->client = cf_strdup("THINCLIENT");
        session->logon -= i * 60 * INT64_C(10000000) + 36000000000;
        session->connect = session->logon;
        session->last_input -= i * 60 * INT64_C(10000000);
    }
}

static void (*tell_over)(void);

static DWORD WINAPI end_program(void *data)
{
    Sleep(*(const DWORD *)data);
    server_lock();
    tell_over();
    (void)TerminateProcess(GetCurrentProcess(), 0);
    return 0;
}

void server_open(void (*over)(void))
{
    static DWORD length;
    tell_over = over;
    struct cf_error err;
    const char *path = setting("SCENARIO"), *speed = setting("SPEED"), *to = setting("LOG");
    InitializeCriticalSection(&lock);
    InitializeConditionVariable(&happened);
    log_file = to ? fopen(to, "ab") : NULL;
    if (path && cf_scenario_read(path, &scenario, &err) != CF_OK) {
        (void)fprintf(stderr, "%s\n", err.text);
        (void)fflush(stderr);
        (void)TerminateProcess(GetCurrentProcess(), 97);
    }
    at = setting_number("AT");
    int64_t start = scenario ? scenario->start.us : INT64_C(1772442000000000); /* Monday, 2026-03-02 09:00 */
    bool leaps = speed && strcmp(speed, "leap") == 0;
    if (leaps)
        leap_begin(scenario ? scenario->length_us - at : INT64_MAX, over);
    pace_begin((start + at + BEFORE_1970) * 10, speed && !leaps ? strtod(speed, NULL) : 1);
    add_crowd(setting_number("SESSIONS"));
    has_event = scenario && scenario->next(scenario, &next_event);
    server_catch_up();
    if (!scenario || !speed || leaps)
        return;
    length = pace_milliseconds(scenario->length_us - at);
    HANDLE thread = CreateThread(NULL, 0, end_program, &length, 0, NULL);
    if (thread)
        (void)CloseHandle(thread);
}
