/*
 * wtsapi32.dll for tests: what Microsoft's reference says of each function, on the server of server.h. It
 * holds its callers to the contract: a buffer that is freed in the wrong way ends them (memory.h). It proves
 * that curfew keeps to what is written, not that Windows does; docs/windows.md has what only a real one can
 * show.
 */
#include "base/memory.h"
#include "faults.h"
#include "leap.h"
#include "memory.h"
#include "pace.h"
#include "programs.h"
#include "server.h"

#include <sddl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORTED __declspec(dllexport)

enum { FIRST_PROCESS = 1000, EACH = 64 }; /* numbers of processes: 64 for each session's number */

static char other_server; /* what a handle to another server points to; NULL is this one */

static const char *const names[] = {"WTSEnumerateSessionsExW", "WTSQuerySessionInformationW",
                                    "WTSEnumerateProcessesExW", "WTSSendMessageW", "WTSLogoffSession"};
enum { ENUMERATE, QUERY, PROCESSES, MESSAGE, LOGOFF, COUNTED };
static LONG calls[COUNTED];

static void sum_up(void)
{
    for (int i = 0; i < COUNTED; i++)
        server_log("calls %s %ld", names[i], calls[i]);
    server_log("left %ld", memory_left());
}

BOOL WINAPI DllMain(HINSTANCE dll, DWORD reason, void *reserved)
{
    (void)dll, (void)reserved;
    if (reason == DLL_PROCESS_ATTACH) {
        server_open(sum_up);
        programs_begin();
    }
    if (reason == DLL_PROCESS_DETACH)
        sum_up();
    return TRUE;
}

static BOOL fail(DWORD error)
{
    SetLastError(error);
    return FALSE;
}

static BOOL leave(DWORD error)
{
    server_unlock();
    return error ? fail(error) : TRUE;
}

static void hang(void)
{
    for (;;)
        if (leap_is_on())
            leap_wait(INT64_MAX);
        else
            Sleep(INFINITE);
}

/* What every call meets first; with the lock held where it returns 0. */
static DWORD enter(HANDLE server, int counted)
{
    if (counted >= 0)
        (void)InterlockedIncrement(&calls[counted]);
    if (server && server != &other_server)
        misuse("a handle is used that WTSOpenServerExW did not give");
    if (fault("gone"))
        return RPC_S_SERVER_UNAVAILABLE;
    if (fault("no-rights"))
        return ERROR_ACCESS_DENIED;
    server_lock();
    server_catch_up();
    return 0;
}

/* The same about one session, which is found then. */
static DWORD enter_session(HANDLE server, int counted, DWORD id, struct session **ret_session)
{
    DWORD error = enter(server, counted);
    if (error)
        return error;
    struct session *session = server_session(id);
    error = !session                 ? ERROR_FILE_NOT_FOUND
            : fault_of("denied", id) ? ERROR_ACCESS_DENIED
            : fault_of("down", id)   ? ERROR_CTX_CLOSE_PENDING
                                     : 0;
    if (error)
        server_unlock();
    *ret_session = session;
    return error;
}

static size_t put(WCHAR *to, size_t room, const char *text)
{
    size_t length = (size_t)MultiByteToWideChar(CP_UTF8, 0, text ? text : "", -1, NULL, 0);
    WCHAR *wide = cf_alloc(length * sizeof *wide);
    (void)MultiByteToWideChar(CP_UTF8, 0, text ? text : "", -1, wide, (int)length);
    if (length > room)
        length = room;
    if (to) {
        memcpy(to, wide, length * sizeof *wide);
        to[length - 1] = 0;
    }
    free(wide);
    return length;
}

static void name_of(const struct session *session, char name[32])
{
    (void)snprintf(name, 32, "RDP-Tcp#%u", session->connection);
    if (session->name)
        (void)snprintf(name, 32, "%s", session->name);
    else if (session->console)
        (void)strcpy(name, "Console");
    if (session->state == CF_WTS_DISCONNECTED)
        name[0] = '\0';
}

static DWORD state_of(const struct session *session)
{
    return fault_of("down", session->id) ? CF_WTS_DOWN : session->state;
}

/* ---- Servers ---- */

EXPORTED HANDLE WINAPI WTSOpenServerExW(WCHAR *name)
{
    if (!name)
        misuse("WTSOpenServerExW of no name");
    return &other_server;
}

EXPORTED VOID WINAPI WTSCloseServer(HANDLE server)
{
    if (server != &other_server)
        misuse("WTSCloseServer of what is no server");
}

/* ---- Memory ---- */

EXPORTED VOID WINAPI WTSFreeMemory(VOID *memory)
{
    memory_take(memory, MEMORY_PLAIN, 0);
}

EXPORTED BOOL WINAPI WTSFreeMemoryExW(int type, VOID *memory, ULONG rows)
{
    memory_take(memory, type, rows);
    return TRUE;
}

/* ---- Looking ---- */

static WCHAR *add_text(WCHAR **room, const char *text)
{
    WCHAR *at = *room;
    *room += put(at, 256, text);
    return at;
}

#ifndef CF_TEST_OLD
EXPORTED BOOL WINAPI WTSEnumerateSessionsExW(HANDLE server, DWORD *level, DWORD filter,
                                             struct cf_wts_row **rows, DWORD *count)
{
    if (!level || *level != 1 || filter)
        misuse("WTSEnumerateSessionsExW: the level is 1, and the filter 0");
    if (fault("hang-list"))
        hang();
    DWORD error = enter(server, ENUMERATE);
    if (error)
        return fail(error);
    enum { TEXT = 4 * 256 };
    size_t all = 2, used = 0;
    for (size_t i = 0; i < server_count(); i++)
        all += server_at(i) != NULL;
    struct cf_wts_row *out =
        memory_give(all * (sizeof *out + TEXT * sizeof(WCHAR)), CF_WTS_TYPE_SESSION_1, (unsigned long)all);
    WCHAR *room = (WCHAR *)(void *)(out + all);
    out[used++] =
        (struct cf_wts_row){0, CF_WTS_DISCONNECTED, 0, add_text(&room, "Services"), NULL, NULL, NULL, NULL};
    for (size_t i = 0; i < server_count(); i++) {
        const struct session *session = server_at(i);
        if (!session)
            continue;
        char name[32];
        name_of(session, name);
        out[used++] = (struct cf_wts_row){.state = state_of(session),
                                          .id = session->id,
                                          .name = add_text(&room, name),
                                          .user = add_text(&room, session->user),
                                          .domain = add_text(&room, session->domain)};
    }
    out[used++] =
        (struct cf_wts_row){0, CF_WTS_LISTEN, 65536, add_text(&room, "RDP-Tcp"), NULL, NULL, NULL, NULL};
    *rows = out;
    *count = (DWORD)all;
    return leave(0);
}
#endif

static void *give(WCHAR **buffer, DWORD *bytes, size_t size)
{
    void *block = memory_give(size, MEMORY_PLAIN, 0);
    *buffer = block;
    *bytes = (DWORD)size;
    return block;
}

static void give_info(const struct session *session, WCHAR **buffer, DWORD *bytes)
{
    char name[32];
    struct cf_wts_infoex *info = give(buffer, bytes, sizeof *info);
    name_of(session, name);
    info->level = 1;
    info->data.id = session->id;
    info->data.state = state_of(session);
    info->data.flags = session->locked == fault("reversed") ? CF_WTS_FLAGS_UNLOCKED : CF_WTS_FLAGS_LOCKED;
    (void)put(info->data.name, 33, name);
    (void)put(info->data.user, 21, session->user);
    (void)put(info->data.domain, 18, session->domain);
    info->data.logon.QuadPart = session->user ? session->logon : 0;
    info->data.connect.QuadPart = session->connect;
    info->data.disconnect.QuadPart = session->disconnect;
    info->data.last_input.QuadPart = session->console || session->blind ? 0 : session->last_input;
    info->data.current.QuadPart = server_wall();
}

/* What happens between one look and the next, where the test wants it. */
static void happen(struct session *session)
{
    static int64_t looks;
    DWORD id = session->id;
    if (fault_of("typed", id) && ++looks == fault_number("typed-at")) {
        server_log("types %s", session->user);
        session->last_input = server_wall();
    }
    if (!fault_of("reused", id) || ++looks != 2)
        return;
    char *user = cf_strdup(session->user);
    session->logon += 10; /* the same user, a microsecond later: another session */
    server_log("reused %s", user);
    free(user);
}

EXPORTED BOOL WINAPI WTSQuerySessionInformationW(HANDLE server, DWORD id, int class_, WCHAR **buffer,
                                                 DWORD *bytes)
{
    struct session *session;
    if (class_ == CF_WTS_SESSION_ID && id == (DWORD)CF_WTS_CURRENT_SESSION) {
        DWORD own = server_caller();
        (void)InterlockedIncrement(&calls[QUERY]);
        if (!own)
            return fail(ERROR_FILE_NOT_FOUND);
        memcpy(give(buffer, bytes, sizeof own), &own, sizeof own);
        return TRUE;
    }
    if (fault_of("hang-look", id))
        hang();
    DWORD error = enter_session(server, QUERY, id, &session);
    if (error)
        return fail(error);
    struct cf_wts_address address = {.family = 2, .bytes = {0, 0, 192, 0, 2, (BYTE)id}};
    if (class_ == CF_WTS_INFO) {
        happen(session);
        give_info(session, buffer, bytes);
    } else if (class_ == CF_WTS_CLIENT_NAME) {
        size_t length = put(NULL, 21, session->client);
        (void)put(give(buffer, bytes, length * sizeof(WCHAR)), length, session->client);
    } else if (class_ == CF_WTS_CLIENT_ADDRESS) {
        if (session->console)
            address = (struct cf_wts_address){0};
        memcpy(give(buffer, bytes, sizeof address), &address, sizeof address);
    } else {
        return leave(ERROR_NOT_SUPPORTED);
    }
    return leave(0);
}

/* ---- Processes ---- */

static void add_process(struct cf_wts_process *row, WCHAR **room, const struct session *session, DWORD number,
                        const char *name, bool systems)
{
    WCHAR sid[64];
    (void)_snwprintf(sid, 64, systems ? L"S-1-5-18" : L"S-1-5-21-1-2-3-%lu", 1000 + session->id);
    *row = (struct cf_wts_process){.session = session->id,
                                   .id = FIRST_PROCESS + session->id * EACH + number,
                                   .name = add_text(room, name)};
    PSID made = NULL;
    if (ConvertStringSidToSidW(sid, &made)) {
        *room += (size_t)(*room - (WCHAR *)NULL) % 2; /* SIDs begin at four bytes */
        memcpy(*room, made, GetLengthSid(made));
        row->owner = *room;
        *room += (GetLengthSid(made) + 1) / sizeof(WCHAR);
        (void)LocalFree(made);
    }
    row->user_time.QuadPart = number > 1 ? server_wall() - session->logon : 0;
}

EXPORTED BOOL WINAPI WTSEnumerateProcessesExW(HANDLE server, DWORD *level, DWORD id, WCHAR **rows,
                                              DWORD *count)
{
    struct session *session;
    if (!level || *level != 1)
        misuse("WTSEnumerateProcessesExW: the level is 1 here");
    DWORD error = enter_session(server, PROCESSES, id, &session);
    if (error)
        return fail(error);
    int64_t real = session->id == 1 ? fault_number("process") : 0; /* one that there is */
    size_t all = 2 + session->program_count + (real != 0);
    struct cf_wts_process *out =
        memory_give(all * (sizeof *out + 512 * sizeof(WCHAR)), CF_WTS_TYPE_PROCESS_1, (unsigned long)all);
    WCHAR *room = (WCHAR *)(void *)(out + all);
    add_process(&out[0], &room, session, 0, "winlogon.exe", true);
    add_process(&out[1], &room, session, 1, "explorer.exe", false);
    for (size_t i = 0; i < session->program_count; i++)
        add_process(&out[2 + i], &room, session, (DWORD)i + 2, session->programs[i], false);
    if (real) {
        add_process(&out[all - 1], &room, session, 2, "victim.exe", false);
        out[all - 1].id = (DWORD)real;
    }
    *rows = (WCHAR *)(void *)out;
    *count = (DWORD)all;
    return leave(0);
}

EXPORTED BOOL WINAPI WTSTerminateProcess(HANDLE server, DWORD process, DWORD status)
{
    struct session *session;
    (void)status;
    DWORD id = (process - FIRST_PROCESS) / EACH, number = (process - FIRST_PROCESS) % EACH;
    DWORD error = enter_session(server, -1, id, &session);
    if (error)
        return fail(error);
    server_log("terminate %s %lu", session->user, number);
    if (number == 0)
        misuse("a process of the system's own is ended");
    session->hung = false;
    return leave(0);
}

/* ---- Acting ---- */

EXPORTED BOOL WINAPI WTSLogoffSession(HANDLE server, DWORD id, BOOL wait)
{
    struct session *session;
    if (wait)
        misuse("WTSLogoffSession that waits may never return");
    DWORD error = enter_session(server, LOGOFF, id, &session);
    if (error)
        return fail(error);
    if (fault_of("hang-logoff", id)) {
        server_log("hangs %s", session->user);
        server_unlock();
        hang();
    }
    static bool stuck_once;
    if (fault_of("stuck", id) && !stuck_once)
        stuck_once = session->hung = true;
    if (session->hung)
        server_log("stuck %s", session->user);
    else
        server_end(session, "logoff");
    return leave(0);
}

EXPORTED BOOL WINAPI WTSDisconnectSession(HANDLE server, DWORD id, BOOL wait)
{
    struct session *session;
    if (wait)
        misuse("WTSDisconnectSession that waits may never return");
    DWORD error = enter_session(server, -1, id, &session);
    if (error)
        return fail(error);
    server_log("disconnect %s %lu", session->user, GetTickCount());
    server_disconnect(session);
    return leave(0);
}

EXPORTED BOOL WINAPI WTSQueryUserToken(ULONG id, HANDLE *token)
{
    struct session *session;
    if (!fault("system"))
        return fail(ERROR_PRIVILEGE_NOT_HELD);
    DWORD error = enter_session(NULL, -1, id, &session);
    if (error)
        return fail(error);
    if (!session->user)
        return leave(ERROR_NO_TOKEN);
    return leave(programs_token(id, token) ? 0 : GetLastError());
}

static void log_message(const struct session *session, const WCHAR *text, DWORD bytes, DWORD seconds,
                        BOOL wait)
{
    char *out = cf_alloc((size_t)bytes * 2 + 1);
    (void)WideCharToMultiByte(CP_UTF8, 0, text, (int)(bytes / sizeof(WCHAR)), out, (int)bytes * 2, NULL,
                              NULL);
    for (char *c = out; *c; c++)
        if (*c == '\n')
            *c = '|';
    server_log("%s %s %lu: %s", wait ? "ask" : "message", session->user, seconds, out);
    free(out);
}

EXPORTED BOOL WINAPI WTSSendMessageW(HANDLE server, DWORD id, WCHAR *title, DWORD title_bytes, WCHAR *text,
                                     DWORD text_bytes, DWORD style, DWORD seconds, DWORD *answer, BOOL wait)
{
    struct session *session;
    if (title_bytes != wcslen(title) * sizeof(WCHAR) || text_bytes != wcslen(text) * sizeof(WCHAR))
        misuse("WTSSendMessageW wants lengths in bytes, without the zero");
    if (!seconds)
        misuse("WTSSendMessageW of 0 seconds stays for ever");
    if (wait && !(style & MB_YESNO))
        misuse("WTSSendMessageW waits for the answer to no question");
    DWORD error = enter_session(server, MESSAGE, id, &session);
    if (error)
        return fail(error);
    if (fault_of("hang-message", id)) {
        server_unlock();
        hang();
    }
    log_message(session, text, text_bytes, seconds, wait);
    *answer = CF_WTS_ANSWER_ASYNC;
    if (!wait)
        return leave(0);
    int64_t serial = ++session->asked, until = pace_now() + (int64_t)seconds * 1000000;
    session->answer = 0;
    while (session->present && session->asked == serial && !session->answer && pace_now() < until)
        server_wait(until);
    *answer = session->answer ? session->answer : CF_WTS_ANSWER_TIMEOUT;
    if (session->asked == serial && session->answer)
        session->asked = 0;
    return leave(0);
}

/* ---- Events ---- */

EXPORTED BOOL WINAPI WTSWaitSystemEvent(HANDLE server, DWORD mask, DWORD *ret_events)
{
    static uint64_t flushes;
    static uint64_t since = UINT64_MAX; /* Windows keeps it for the handle; curfew has one that waits */
    if (fault("no-events"))
        return fail(ERROR_NOT_SUPPORTED);
    DWORD error = enter(server, -1);
    if (error)
        return fail(error);
    *ret_events = 0;
    if (mask == CF_WTS_EVENT_FLUSH) {
        flushes++;
        server_wake();
        return leave(0);
    }
    uint64_t before = flushes;
    int64_t pulse = pace_pulse();
    while (before == flushes && !(*ret_events = server_events(&since) & mask) && pace_now() < pulse)
        server_wait(pulse);
    if (before == flushes && !*ret_events)
        *ret_events = 0x80; /* that a state may have changed where none has is within the contract */
    return leave(0);
}
