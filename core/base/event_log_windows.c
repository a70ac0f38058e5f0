#include "base/event_log_windows.h"

#include "base/memory.h"
#include "base/wide_windows.h"

#include <stdlib.h>
#include <windows.h>

enum { QUEUE = 1024, CLOSING_MS = 5000, STACK = 64 << 10 };

#define SOURCES L"SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\" CF_EVENT_SOURCE

struct event {
    WORD type;
    DWORD id;
    wchar_t *text, *detail; /* owned */
};

/* Freed by whoever is done with it last: its owner, or the thread, which may be left behind. */
struct cf_event_log {
    HANDLE source, thread;
    CRITICAL_SECTION lock;
    CONDITION_VARIABLE changed;
    struct event queue[QUEUE]; /* a ring */
    size_t first, count;
    bool closing;
    LONG refs;
};

static void release(struct cf_event_log *log)
{
    if (InterlockedDecrement(&log->refs) != 0)
        return;
    for (; log->count > 0; log->count--, log->first++) {
        free(log->queue[log->first % QUEUE].text);
        free(log->queue[log->first % QUEUE].detail);
    }
    (void)DeregisterEventSource(log->source);
    DeleteCriticalSection(&log->lock);
    free(log);
}

/* ---- On the thread ---- */

static void report(HANDLE source, const struct event *event)
{
    const wchar_t *strings[] = {event->text, event->detail};
    (void)ReportEventW(source, event->type, 0, event->id, NULL, event->detail ? 2 : 1, 0, strings, NULL);
    free(event->text);
    free(event->detail);
}

static DWORD WINAPI write_events(void *data)
{
    struct cf_event_log *log = data;
    EnterCriticalSection(&log->lock);
    for (;;) {
        while (!log->count && !log->closing)
            (void)SleepConditionVariableCS(&log->changed, &log->lock, INFINITE);
        if (!log->count)
            break;
        struct event event = log->queue[log->first++ % QUEUE];
        log->count--;
        LeaveCriticalSection(&log->lock);
        report(log->source, &event);
        EnterCriticalSection(&log->lock);
    }
    LeaveCriticalSection(&log->lock);
    release(log);
    return 0;
}

/* ---- Whoever writes ---- */

struct cf_event_log *cf_event_log_open(void)
{
    HANDLE source = RegisterEventSourceW(NULL, CF_EVENT_SOURCE);
    if (!source)
        return NULL;
    struct cf_event_log *log = cf_alloc(sizeof *log);
    log->source = source;
    log->refs = 2;
    InitializeCriticalSection(&log->lock);
    InitializeConditionVariable(&log->changed);
    log->thread = CreateThread(NULL, STACK, write_events, log, STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
    if (log->thread)
        return log;
    log->refs = 1;
    release(log);
    return NULL;
}

static WORD type_of(enum cf_log_level level)
{
    return level == CF_LOG_ERROR     ? EVENTLOG_ERROR_TYPE
           : level == CF_LOG_WARNING ? EVENTLOG_WARNING_TYPE
                                     : EVENTLOG_INFORMATION_TYPE;
}

void cf_event_log_write(struct cf_event_log *log, enum cf_log_level level, unsigned id, const char *text,
                        const char *detail)
{
    EnterCriticalSection(&log->lock);
    if (log->count < QUEUE) {
        log->queue[(log->first + log->count++) % QUEUE] =
            (struct event){type_of(level), id, cf_wide(text), detail ? cf_wide(detail) : NULL};
        WakeConditionVariable(&log->changed);
    }
    LeaveCriticalSection(&log->lock);
}

void cf_event_log_close(struct cf_event_log *log)
{
    if (!log)
        return;
    EnterCriticalSection(&log->lock);
    log->closing = true;
    WakeConditionVariable(&log->changed);
    LeaveCriticalSection(&log->lock);
    (void)WaitForSingleObject(log->thread, CLOSING_MS);
    (void)CloseHandle(log->thread);
    release(log);
}

/* ---- The source ---- */

bool cf_event_source_is_known(void)
{
    return RegGetValueW(HKEY_LOCAL_MACHINE, SOURCES, L"EventMessageFile", RRF_RT_REG_SZ, NULL, NULL, NULL) ==
           ERROR_SUCCESS;
}

unsigned long cf_event_source_set(const wchar_t *path)
{
    DWORD types = EVENTLOG_ERROR_TYPE | EVENTLOG_WARNING_TYPE | EVENTLOG_INFORMATION_TYPE;
    LSTATUS status;
    if (!path) {
        status = RegDeleteTreeW(HKEY_LOCAL_MACHINE, SOURCES);
        return status == ERROR_FILE_NOT_FOUND ? ERROR_SUCCESS : (unsigned long)status;
    }
    status = RegSetKeyValueW(HKEY_LOCAL_MACHINE, SOURCES, L"EventMessageFile", REG_SZ, path,
                             (DWORD)((wcslen(path) + 1) * sizeof *path));
    if (status == ERROR_SUCCESS)
        status =
            RegSetKeyValueW(HKEY_LOCAL_MACHINE, SOURCES, L"TypesSupported", REG_DWORD, &types, sizeof types);
    return (unsigned long)status;
}
