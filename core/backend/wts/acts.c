#include "wts/acts.h"

#include "wts/launch.h"

#include <stdlib.h>

enum { LOCK_MS = 5000, LOOK_MS = 100 };

static int refuse(struct cf_wts_act *act, int code, const char *why)
{
    act->why = why;
    return act->code = code;
}

static int fail(struct cf_wts_act *act, DWORD error)
{
    act->error = error ? error : ERROR_GEN_FAILURE;
    return act->code = cf_wts_code(act->error);
}

/* ---- What must hold ---- */

static int look(struct cf_wts_act *act, const struct cf_wts_server *server, struct cf_wts_infoex *info)
{
    DWORD error = cf_wts_look(server, act->id, info);
    if (error)
        return fail(act, error);
    if (info->data.logon.QuadPart != act->birth)
        return refuse(act, CF_GONE, "it has ended, and its id is another session's now");
    return CF_OK;
}

static int expect_quiet(struct cf_wts_act *act, const struct cf_wts_infoex *info)
{
    int64_t life = cf_wts_last_life(info);
    if (!act->quiet || (act->vouched && cf_wts_is_at_console(info)))
        return CF_OK;
    if (!life)
        return refuse(act, CF_STALE, "whether there was input since cannot be read any more");
    if (info->data.current.QuadPart < act->not_before)
        return refuse(act, CF_STALE,
                      "the server's clock was set back, so whether there was input since is not known");
    if (life > act->since)
        return refuse(act, CF_STALE, "there was input since");
    return CF_OK;
}

/* ---- What is done ---- */

static int log_off(struct cf_wts_act *act, const struct cf_wts_server *server)
{
    if (act->deed == CF_WTS_LOGOFF_FORCED)
        (void)cf_wts_processes_end(server, act->id); /* what is refused here may still end with its session */
    return cf_wts_server_api(server)->logoff(cf_wts_server_handle(server), act->id, FALSE)
               ? CF_OK
               : fail(act, GetLastError());
}

static int disconnect(struct cf_wts_act *act, const struct cf_wts_server *server)
{
    return cf_wts_server_api(server)->disconnect(cf_wts_server_handle(server), act->id, FALSE)
               ? CF_OK
               : fail(act, GetLastError());
}

/* Nothing tells of it but the session's flags. */
static int await_lock(struct cf_wts_act *act, const struct cf_wts_server *server)
{
    struct cf_wts_infoex info;
    for (DWORD waited = 0; look(act, server, &info) == CF_OK; waited += LOOK_MS) {
        if (cf_wts_locked(&info, act->locks) == CF_TRI_YES)
            return CF_OK;
        if (waited >= LOCK_MS)
            return refuse(act, CF_FAILED, "it was asked to lock itself, and does not say that it has");
        Sleep(LOOK_MS);
    }
    return act->code;
}

/* A program in the session does it, since nothing else can; in our own we are one. */
static int lock(struct cf_wts_act *act, const struct cf_wts_server *server)
{
    WCHAR folder[MAX_PATH], program[MAX_PATH + 16], command[] = L"rundll32.exe user32.dll,LockWorkStation";
    HANDLE process;
    DWORD own;
    UINT length = GetSystemDirectoryW(folder, MAX_PATH);
    (void)_snwprintf(program, MAX_PATH + 16, L"%.*ls\\rundll32.exe", (int)length, folder);
    DWORD error = cf_wts_launch(server, act->id, program, command, NULL, &process);
    if (!error)
        (void)CloseHandle(process);
    else if (!cf_wts_own_session(server, &own) || own != act->id || !LockWorkStation())
        return fail(act, error);
    return await_lock(act, server);
}

/* A box waits in a session that is disconnected: whoever comes back to it finds it, and has given a sign of
 * life. */
static int send_message(struct cf_wts_act *act, const struct cf_wts_server *server, DWORD state)
{
    bool asks = act->deed == CF_WTS_QUESTION;
    DWORD style = MB_SETFOREGROUND | (asks ? MB_YESNO | MB_ICONQUESTION : MB_OK | MB_ICONINFORMATION);
    if (state != CF_WTS_ACTIVE && state != CF_WTS_DISCONNECTED)
        return refuse(act, CF_FAILED, "nobody is logged on there, so nobody would read it");
    BOOL sent = cf_wts_server_api(server)->send_message(
        cf_wts_server_handle(server), act->id, act->title, (DWORD)(wcslen(act->title) * sizeof(WCHAR)),
        act->text, (DWORD)(wcslen(act->text) * sizeof(WCHAR)), style, act->seconds, &act->answer, asks);
    if (!sent)
        return fail(act, GetLastError());
    act->delivered = true;
    return CF_OK;
}

/* The session is looked at afterwards: is it there still, the processes were its own. */
static int read_processes(struct cf_wts_act *act, const struct cf_wts_server *server)
{
    struct cf_wts_infoex after;
    DWORD error = cf_wts_processes_read(server, act->id, &act->processes);
    return error ? fail(act, error) : look(act, server, &after);
}

void cf_wts_act_run(struct cf_wts_act *act, const struct cf_wts_server *server, const atomic_bool *over)
{
    struct cf_wts_infoex info;
    if (act->deed == CF_WTS_PROCESSES_OF) {
        act->code = read_processes(act, server);
        return;
    }
    if (look(act, server, &info) != CF_OK || expect_quiet(act, &info) != CF_OK)
        return;
    if (atomic_load(over)) {
        (void)refuse(act, CF_TIMEOUT, "looking at the session took too long; nothing was done");
        return;
    }
    switch (act->deed) {
    case CF_WTS_LOGOFF:
    case CF_WTS_LOGOFF_FORCED: act->code = log_off(act, server); break;
    case CF_WTS_DISCONNECT: act->code = disconnect(act, server); break;
    case CF_WTS_LOCK: act->code = lock(act, server); break;
    case CF_WTS_SHOW:
    case CF_WTS_QUESTION: act->code = send_message(act, server, info.data.state); break;
    case CF_WTS_PROCESSES_OF: break; /* above */
    }
}

void cf_wts_act_finish(struct cf_wts_act *act)
{
    free(act->title);
    free(act->text);
    cf_wts_processes_finish(&act->processes);
}
