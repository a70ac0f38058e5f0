#include "leap.h"

#include "base/memory.h"
#include "imports.h"

#include <process.h>
#include <stdio.h>
#include <stdlib.h>
#include <utlist.h>
#include <winsock2.h> /* and windows.h with it */

/* Somebody who waits; on their stack. */
struct wait {
    int64_t until;
    HANDLE port;              /* the loop's, … */
    CONDITION_VARIABLE *news; /* … a thread's of the program's, … */
    HANDLE woken;             /* … or in leap_wait() */
    bool goes_on;             /* was told to, and is at work again, whether it knows yet or not */
    struct wait *prev, *next;
};

static bool is_on;
static DWORD counted;         /* of a thread: whether it is among the busy */
static CRITICAL_SECTION lock; /* of all that follows */
static int64_t now, end;
static void (*tell_over)(void);
static int busy; /* how many are at work */
static struct wait *waits;
static bool posted; /* to the loop's port, since it last looked */

typedef BOOL WINAPI take_packets(HANDLE port, OVERLAPPED_ENTRY *entries, ULONG room, ULONG *ret_count,
                                 DWORD ms, BOOL alertable);
static take_packets *take_from_port;

bool leap_is_on(void)
{
    return is_on;
}

int64_t leap_now(void)
{
    EnterCriticalSection(&lock);
    int64_t at = now;
    LeaveCriticalSection(&lock);
    return at;
}

/* ---- Who is at work; with the lock ---- */

static void go_on(struct wait *wait)
{
    wait->goes_on = true;
    busy++;
}

/* To the next moment for which somebody waits. */
static void leap(void)
{
    int64_t next = INT64_MAX;
    struct wait *wait;
    DL_FOREACH(waits, wait)
    {
        if (wait->until < next)
            next = wait->until;
    }
    if (next >= end) {
        tell_over();
        (void)TerminateProcess(GetCurrentProcess(), 0);
    }
    if (next > now)
        now = next;
    DL_FOREACH(waits, wait)
    {
        if (wait->until > now)
            continue;
        go_on(wait);
        if (wait->port)
            (void)PostQueuedCompletionStatus(wait->port, 0, 0, NULL); /* says nothing to libuv */
        else if (wait->woken)
            (void)SetEvent(wait->woken);
    }
}

static void rest(void)
{
    if (--busy == 0)
        leap();
}

static void begin_wait(struct wait *wait)
{
    DL_APPEND(waits, wait);
    rest();
}

/* Whoever waited has come back. Where another was told in its place, that one waits on. */
static void end_wait(struct wait *wait)
{
    struct wait *other;
    DL_DELETE(waits, wait);
    if (wait->goes_on)
        return;
    busy++;
    DL_FOREACH(waits, other)
    {
        if (wait->news && other->news == wait->news && other->goes_on) {
            other->goes_on = false;
            busy--;
            return;
        }
    }
}

static int64_t after(DWORD ms)
{
    return ms == INFINITE ? INT64_MAX : now + (int64_t)ms * 1000;
}

/* ---- In the server ---- */

void leap_wait(int64_t until)
{
    struct wait wait = {.until = until, .woken = CreateEventW(NULL, FALSE, FALSE, NULL)};
    EnterCriticalSection(&lock);
    begin_wait(&wait);
    LeaveCriticalSection(&lock);
    (void)WaitForSingleObject(wait.woken, INFINITE);
    EnterCriticalSection(&lock);
    end_wait(&wait);
    LeaveCriticalSection(&lock);
    (void)CloseHandle(wait.woken);
}

void leap_wake(void)
{
    struct wait *wait;
    EnterCriticalSection(&lock);
    DL_FOREACH(waits, wait)
    {
        if (wait->woken && !wait->goes_on) {
            go_on(wait);
            (void)SetEvent(wait->woken);
        }
    }
    LeaveCriticalSection(&lock);
}

/* ---- The program's loop ---- */

static BOOL WINAPI loop_takes(HANDLE port, OVERLAPPED_ENTRY *entries, ULONG room, ULONG *ret_count, DWORD ms,
                              BOOL alertable)
{
    struct wait wait = {.port = port};
    for (;;) {
        EnterCriticalSection(&lock);
        posted = false;
        LeaveCriticalSection(&lock);
        if (take_from_port(port, entries, room, ret_count, 0, alertable))
            return TRUE;
        if (ms == 0)
            return FALSE;
        EnterCriticalSection(&lock);
        if (!posted)
            break;
        LeaveCriticalSection(&lock);
    }
    wait.until = after(ms);
    begin_wait(&wait);
    LeaveCriticalSection(&lock);
    BOOL done = take_from_port(port, entries, room, ret_count, INFINITE, alertable);
    EnterCriticalSection(&lock);
    end_wait(&wait);
    LeaveCriticalSection(&lock);
    return done;
}

static BOOL WINAPI post(HANDLE port, DWORD bytes, ULONG_PTR key, OVERLAPPED *overlapped)
{
    struct wait *wait;
    EnterCriticalSection(&lock);
    posted = true;
    DL_SEARCH_SCALAR(waits, wait, port, port);
    if (wait && !wait->goes_on)
        go_on(wait);
    LeaveCriticalSection(&lock);
    return PostQueuedCompletionStatus(port, bytes, key, overlapped);
}

/* ---- Its threads ---- */

typedef unsigned WINAPI thread_run(void *data);

struct start {
    thread_run *run;
    void *data;
};

static unsigned WINAPI run_thread(void *data)
{
    struct start start = *(struct start *)data;
    free(data);
    (void)TlsSetValue(counted, &counted);
    unsigned status = start.run(start.data);
    EnterCriticalSection(&lock);
    rest();
    LeaveCriticalSection(&lock);
    return status;
}

/* It is at work from here on: whoever begins it may be at rest before it runs. */
static struct start *begin_thread(thread_run *run, void *data)
{
    struct start *start = cf_alloc(sizeof *start);
    *start = (struct start){run, data};
    EnterCriticalSection(&lock);
    busy++;
    LeaveCriticalSection(&lock);
    return start;
}

static void not_begun(struct start *start)
{
    free(start);
    EnterCriticalSection(&lock);
    busy--; /* not at rest: whoever tried is at work */
    LeaveCriticalSection(&lock);
}

static uintptr_t begin_c_thread(void *security, unsigned stack, thread_run *run, void *data, unsigned flags,
                                unsigned *ret_id)
{
    struct start *start = begin_thread(run, data);
    uintptr_t thread = _beginthreadex(security, stack, run_thread, start, flags, ret_id);
    if (!thread)
        not_begun(start);
    return thread;
}

static HANDLE WINAPI create_thread(SECURITY_ATTRIBUTES *security, SIZE_T stack, thread_run *run, void *data,
                                   DWORD flags, DWORD *ret_id)
{
    struct start *start = begin_thread(run, data);
    HANDLE thread = CreateThread(security, stack, (LPTHREAD_START_ROUTINE)(void (*)(void))run_thread, start,
                                 flags, ret_id);
    if (!thread)
        not_begun(start);
    return thread;
}

static BOOL WINAPI sleep_on(CONDITION_VARIABLE *news, CRITICAL_SECTION *mutex, DWORD ms)
{
    if (!TlsGetValue(counted))
        return SleepConditionVariableCS(news, mutex, ms);
    struct wait wait = {.news = news};
    bool goes_on;
    BOOL woken;
    EnterCriticalSection(&lock);
    wait.until = after(ms);
    begin_wait(&wait);
    LeaveCriticalSection(&lock);
    do {
        woken = SleepConditionVariableCS(news, mutex, ms == INFINITE ? INFINITE : 10);
        EnterCriticalSection(&lock);
        goes_on = wait.goes_on;
        if (woken || goes_on)
            end_wait(&wait);
        LeaveCriticalSection(&lock);
    } while (!woken && !goes_on);
    if (!woken)
        SetLastError(ERROR_TIMEOUT);
    return woken;
}

static VOID WINAPI wake(CONDITION_VARIABLE *news)
{
    struct wait *wait;
    EnterCriticalSection(&lock);
    DL_FOREACH(waits, wait)
    {
        if (wait->news == news && !wait->goes_on) {
            go_on(wait);
            break;
        }
    }
    LeaveCriticalSection(&lock);
    WakeConditionVariable(news);
}

static VOID WINAPI wake_all(CONDITION_VARIABLE *news)
{
    struct wait *wait;
    EnterCriticalSection(&lock);
    DL_FOREACH(waits, wait)
    {
        if (wait->news == news && !wait->goes_on)
            go_on(wait);
    }
    LeaveCriticalSection(&lock);
    WakeAllConditionVariable(news);
}

/* ---- The beginning ---- */

void leap_begin(int64_t end_, void (*over)(void))
{
    static const struct import imports[] = {
        {"PostQueuedCompletionStatus", (void (*)(void))post},
        {"_beginthreadex", (void (*)(void))begin_c_thread},
        {"CreateThread", (void (*)(void))create_thread},
        {"SleepConditionVariableCS", (void (*)(void))sleep_on},
        {"WakeConditionVariable", (void (*)(void))wake},
        {"WakeAllConditionVariable", (void (*)(void))wake_all},
    };
    FARPROC take = GetProcAddress(GetModuleHandleW(L"kernel32.dll"), "GetQueuedCompletionStatusEx");
    InitializeCriticalSection(&lock);
    counted = TlsAlloc();
    (void)TlsSetValue(counted, &counted);
    take_from_port = (take_packets *)(void (*)(void))take;
    end = end_;
    tell_over = over;
    busy = 1;
    is_on = true;
    imports_replace(imports, sizeof imports / sizeof imports[0]);
    if (!imports_replace_pointer((void (*)(void))take, (void (*)(void))loop_takes)) { /* libuv looks it up */
        (void)fputs("leap: the program's loop is not found\n", stderr);
        (void)fflush(stderr);
        (void)TerminateProcess(GetCurrentProcess(), 98);
    }
}
