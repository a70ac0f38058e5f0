#include "programs.h"

#include "faults.h"
#include "imports.h"
#include "memory.h"
#include "server.h"

#include <wchar.h>

/* By the server's lock. Handles are numbers that come again: the latest counts. */
static struct {
    HANDLE token;
    DWORD session;
} given[64];
static size_t given_count;

bool programs_token(DWORD session, HANDLE *token)
{
    HANDLE own;
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_ALL_ACCESS, &own))
        return false;
    BOOL made = DuplicateTokenEx(own, TOKEN_ALL_ACCESS, NULL, SecurityImpersonation, TokenPrimary, token);
    (void)CloseHandle(own);
    if (!made)
        return false;
    given[given_count % 64].token = *token;
    given[given_count++ % 64].session = session;
    return true;
}

static struct session *session_of(HANDLE token)
{
    for (size_t i = given_count; i-- > 0 && given_count - i <= 64;)
        if (given[i % 64].token == token)
            return server_session(given[i % 64].session);
    misuse("CreateProcessAsUserW by a token that WTSQueryUserToken did not give");
    return NULL;
}

/* Handles that can be waited for, and closed, as those of any process. */
static BOOL lock(struct session *session, PROCESS_INFORMATION *process)
{
    HANDLE own = GetCurrentProcess();
    server_log("lock %s", session->user);
    if (!fault_of("deaf-lock", session->id))
        session->locked = true;
    return DuplicateHandle(own, own, own, &process->hProcess, 0, FALSE, DUPLICATE_SAME_ACCESS) &&
           DuplicateHandle(own, own, own, &process->hThread, 0, FALSE, DUPLICATE_SAME_ACCESS);
}

static BOOL WINAPI create_as_user(HANDLE token, const WCHAR *program, WCHAR *command,
                                  SECURITY_ATTRIBUTES *of_process, SECURITY_ATTRIBUTES *of_thread,
                                  BOOL inherit, DWORD flags, void *environment, const WCHAR *folder,
                                  STARTUPINFOW *startup, PROCESS_INFORMATION *process)
{
    server_lock();
    struct session *session = session_of(token);
    if (session && wcsstr(command, L"LockWorkStation")) {
        BOOL done = lock(session, process);
        server_unlock();
        return done;
    }
    server_unlock();
    if (inherit && !(flags & EXTENDED_STARTUPINFO_PRESENT))
        misuse("CreateProcessAsUserW has all handles inherited");
    BOOL begun = CreateProcessAsUserW(token, program, command, of_process, of_thread, inherit, flags,
                                      environment, folder, startup, process);
    server_lock();
    server_log("begin %s %lu: %ls", session ? session->user : "-", begun ? process->dwProcessId : 0, command);
    server_unlock();
    return begun;
}

void programs_begin(void)
{
    static const struct import import = {"CreateProcessAsUserW", (void (*)(void))create_as_user};
    imports_replace(&import, 1);
}
