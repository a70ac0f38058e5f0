#include "program/setup/service_host_windows.h"

#include "base/wide_windows.h"

#include <stdlib.h>
#include <windows.h>

enum { STARTING_MS = 60000, STOPPING_MS = 30000 }; /* Windows is told to wait for so long */

enum {
    ACCEPTS = SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_SHUTDOWN | SERVICE_ACCEPT_SESSIONCHANGE |
              SERVICE_ACCEPT_POWEREVENT | SERVICE_ACCEPT_PARAMCHANGE
};

static struct {
    int (*body)(void *data);
    void *data;
    SERVICE_STATUS_HANDLE manager; /* NULL: none */

    CRITICAL_SECTION lock; /* of what follows */
    DWORD state;
    bool stop; /* was asked for */
    cf_service_listener *tell;
    void *tell_data;
} host;

static void set_state(DWORD state, DWORD hint, int status)
{
    SERVICE_STATUS now = {.dwServiceType = SERVICE_WIN32_OWN_PROCESS,
                          .dwCurrentState = state,
                          .dwControlsAccepted = state == SERVICE_RUNNING ? ACCEPTS : 0,
                          .dwWin32ExitCode = status ? ERROR_SERVICE_SPECIFIC_ERROR : NO_ERROR,
                          .dwServiceSpecificExitCode = (DWORD)status,
                          .dwWaitHint = hint};
    host.state = state;
    (void)SetServiceStatus(host.manager, &now);
}

/* ---- What the manager says, on its thread ---- */

static void tell(enum cf_service_news news, uint32_t session)
{
    EnterCriticalSection(&host.lock);
    if (news == CF_NEWS_STOP) {
        host.stop = true;
        set_state(SERVICE_STOP_PENDING, STOPPING_MS, 0);
    }
    if (host.tell)
        host.tell(host.tell_data, news, session);
    LeaveCriticalSection(&host.lock);
}

static DWORD WINAPI on_control(DWORD control, DWORD type, void *event, void *data)
{
    (void)data;
    switch (control) {
    case SERVICE_CONTROL_STOP:
    case SERVICE_CONTROL_SHUTDOWN: tell(CF_NEWS_STOP, 0); break;
    case SERVICE_CONTROL_PARAMCHANGE: tell(CF_NEWS_RELOAD, 0); break;
    case SERVICE_CONTROL_SESSIONCHANGE:
        tell(CF_NEWS_SESSION, ((const WTSSESSION_NOTIFICATION *)event)->dwSessionId);
        break;
    case SERVICE_CONTROL_POWEREVENT:
        if (type == PBT_APMRESUMEAUTOMATIC)
            tell(CF_NEWS_RESUMED, 0);
        break;
    case SERVICE_CONTROL_INTERROGATE: break;
    default: return ERROR_CALL_NOT_IMPLEMENTED;
    }
    return NO_ERROR;
}

/* ---- Its life ---- */

static void WINAPI service_main(DWORD count, wchar_t **words)
{
    (void)count, (void)words;
    host.manager = RegisterServiceCtrlHandlerExW(CF_SERVICE_NAME, on_control, NULL);
    if (!host.manager)
        return;
    EnterCriticalSection(&host.lock);
    set_state(SERVICE_START_PENDING, STARTING_MS, 0);
    LeaveCriticalSection(&host.lock);
    int status = host.body(host.data);
    EnterCriticalSection(&host.lock);
    set_state(SERVICE_STOPPED, 0, status);
    LeaveCriticalSection(&host.lock);
}

int cf_service_host_run(int (*body)(void *data), void *data, struct cf_error *err)
{
    wchar_t name[] = CF_SERVICE_NAME;
    const SERVICE_TABLE_ENTRYW table[] = {{name, service_main}, {NULL, NULL}};
    host.body = body;
    host.data = data;
    InitializeCriticalSection(&host.lock);
    if (StartServiceCtrlDispatcherW(table))
        return CF_OK;
    if (GetLastError() == ERROR_FAILED_SERVICE_CONTROLLER_CONNECT)
        return cf_error_set(err, CF_USAGE,
                            "service run: only Windows itself begins it; say: curfew service start, or, in "
                            "this console: curfew run");
    char *why = cf_windows_error(GetLastError());
    (void)cf_error_set(err, CF_FAILED, "Windows does not take this process for a service: %s", why);
    free(why);
    return CF_FAILED;
}

bool cf_service_host_listen(cf_service_listener *listener, void *data)
{
    if (!host.manager)
        return false;
    EnterCriticalSection(&host.lock);
    host.tell = listener;
    host.tell_data = data;
    if (listener && host.stop)
        listener(data, CF_NEWS_STOP, 0);
    LeaveCriticalSection(&host.lock);
    return true;
}

void cf_service_host_running(void)
{
    EnterCriticalSection(&host.lock);
    if (!host.stop)
        set_state(SERVICE_RUNNING, 0, 0);
    LeaveCriticalSection(&host.lock);
}

void cf_service_host_stopping(void)
{
    EnterCriticalSection(&host.lock);
    set_state(SERVICE_STOP_PENDING, STOPPING_MS, 0);
    LeaveCriticalSection(&host.lock);
}
