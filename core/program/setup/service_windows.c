#include "program/setup/service.h"

#include "base/event_log_windows.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/trust.h"
#include "base/wide_windows.h"
#include "program/setup/places.h"
#include "program/setup/service_folder_windows.h"
#include "program/setup/service_host_windows.h"

#include <stdlib.h>
#include <windows.h>

enum { PATH = 32768, WAIT_MS = 60000, LOOK_MS = 100, FORGETS_S = 86400 };

/* An installer has ended the service, which was at work, and is about to put another program in its place. */
#define MARK_KEY   L"SOFTWARE\\curfew"
#define MARK_VALUE L"StartAfterInstall"

/* ---- What Windows says ---- */

static int failed(const char *what, struct cf_error *err)
{
    DWORD number = GetLastError();
    char *why = cf_windows_error(number);
    int code = number == ERROR_ACCESS_DENIED            ? CF_DENIED
               : number == ERROR_SERVICE_DOES_NOT_EXIST ? CF_UNAVAILABLE
                                                        : CF_FAILED;
    if (code == CF_DENIED)
        (void)cf_error_set(err, code, "%s: only an administrator may, in a console that was begun as one",
                           what);
    else if (code == CF_UNAVAILABLE)
        (void)cf_error_set(err, code, "%s: there is no service curfew; curfew service install makes it",
                           what);
    else
        (void)cf_error_set(err, code, "%s: %s", what, why);
    free(why);
    return code;
}

/* Both handles are the caller's to close where it returned 0. */
static int open_service(DWORD rights, const char *what, SC_HANDLE *ret_manager, SC_HANDLE *ret_service,
                        struct cf_error *err)
{
    SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT);
    if (!manager)
        return failed(what, err);
    SC_HANDLE service = OpenServiceW(manager, CF_SERVICE_NAME, rights);
    if (!service) {
        int code = failed(what, err);
        (void)CloseServiceHandle(manager);
        return code;
    }
    *ret_manager = manager;
    *ret_service = service;
    return CF_OK;
}

static void close_service(SC_HANDLE manager, SC_HANDLE service)
{
    (void)CloseServiceHandle(service);
    (void)CloseServiceHandle(manager);
}

static bool look(SC_HANDLE service, SERVICE_STATUS_PROCESS *ret_status)
{
    DWORD needed;
    return QueryServiceStatusEx(service, SC_STATUS_PROCESS_INFO, (BYTE *)ret_status, sizeof *ret_status,
                                &needed);
}

/* Until it is in this state, has stopped, or has taken a minute. */
static int await(SC_HANDLE service, DWORD state, const char *what, SERVICE_STATUS_PROCESS *ret_status,
                 struct cf_error *err)
{
    for (DWORD waited = 0; waited <= WAIT_MS; waited += LOOK_MS) {
        if (!look(service, ret_status))
            return failed(what, err);
        if (ret_status->dwCurrentState == state || ret_status->dwCurrentState == SERVICE_STOPPED)
            return CF_OK;
        Sleep(LOOK_MS);
    }
    return cf_error_set(err, CF_TIMEOUT,
                        "%s: the service has not done so within a minute; the Event Log may say why", what);
}

/* Whether it was there, and no more. */
static bool take_mark(void)
{
    return RegDeleteKeyValueW(HKEY_LOCAL_MACHINE, MARK_KEY, MARK_VALUE) == ERROR_SUCCESS;
}

/* ---- What install makes ---- */

/* Windows runs it as LocalSystem, so whoever can write it can do anything. */
static int own_path(wchar_t path[PATH], struct cf_error *err)
{
    DWORD length = GetModuleFileNameW(NULL, path, PATH);
    if (length == 0 || length >= PATH)
        return failed("service install", err);
    char *narrow = cf_narrow(path);
    int code = cf_trust_file(narrow, err);
    free(narrow);
    if (code != CF_OK)
        cf_error_append(err, "; as a service it would run as LocalSystem from there");
    return code;
}

/* One that dies is begun again; one that ends by itself, as over a configuration with mistakes, is not. */
static void describe(SC_HANDLE service)
{
    wchar_t text[] =
        L"Logs people off by the policies in %ProgramData%\\curfew\\curfew.lua, kindly and only when it should.";
    SC_ACTION actions[] = {{SC_ACTION_RESTART, 5000}, {SC_ACTION_RESTART, 30000}, {SC_ACTION_RESTART, 60000}};
    SERVICE_DESCRIPTIONW description = {text};
    SERVICE_FAILURE_ACTIONSW recovery = {
        .dwResetPeriod = FORGETS_S, .cActions = sizeof actions / sizeof actions[0], .lpsaActions = actions};
    (void)ChangeServiceConfig2W(service, SERVICE_CONFIG_DESCRIPTION, &description);
    (void)ChangeServiceConfig2W(service, SERVICE_CONFIG_FAILURE_ACTIONS, &recovery);
}

static int create(const wchar_t *path, struct cf_error *err)
{
    static const char what[] = "service install";
    size_t length = wcslen(path) + 32;
    wchar_t *command = cf_alloc(length * sizeof *command);
    (void)_snwprintf(command, length, L"\"%ls\" service run", path);
    SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT | SC_MANAGER_CREATE_SERVICE);
    SC_HANDLE service = manager ? CreateServiceW(manager, CF_SERVICE_NAME, L"curfew", SERVICE_ALL_ACCESS,
                                                 SERVICE_WIN32_OWN_PROCESS, SERVICE_AUTO_START,
                                                 SERVICE_ERROR_NORMAL, command, NULL, NULL, NULL, NULL, NULL)
                                : NULL;
    if (manager && !service && GetLastError() == ERROR_SERVICE_EXISTS) { /* an older one's */
        service = OpenServiceW(manager, CF_SERVICE_NAME, SERVICE_ALL_ACCESS);
        if (service && !ChangeServiceConfigW(service, SERVICE_NO_CHANGE, SERVICE_NO_CHANGE, SERVICE_NO_CHANGE,
                                             command, NULL, NULL, NULL, NULL, NULL, NULL)) {
            (void)CloseServiceHandle(service);
            service = NULL;
        }
    }
    int code = service ? CF_OK : failed(what, err);
    if (service) {
        describe(service);
        (void)CloseServiceHandle(service);
    }
    if (manager)
        (void)CloseServiceHandle(manager);
    free(command);
    return code;
}

/* ---- The acts ---- */

static int end(SC_HANDLE service, const char *what, struct cf_error *err)
{
    SERVICE_STATUS asked;
    SERVICE_STATUS_PROCESS status;
    if (!ControlService(service, SERVICE_CONTROL_STOP, &asked) &&
        GetLastError() != ERROR_SERVICE_NOT_ACTIVE &&
        GetLastError() != ERROR_SERVICE_CANNOT_ACCEPT_CTRL) /* it is beginning, or ending already */
        return failed(what, err);
    return await(service, SERVICE_STOPPED, what, &status, err);
}

static int uninstall_service(FILE *out, struct cf_error *err)
{
    static const char what[] = "service uninstall";
    SC_HANDLE manager, service;
    int code = open_service(SERVICE_STOP | SERVICE_QUERY_STATUS | DELETE, what, &manager, &service, err);
    if (code != CF_OK)
        return code;
    code = end(service, what, err);
    if (code == CF_OK && !DeleteService(service))
        code = failed(what, err);
    close_service(manager, service);
    if (code != CF_OK)
        return code;
    (void)take_mark();
    SetLastError(cf_event_source_set(NULL));
    if (GetLastError())
        return failed("service uninstall: the Event Log's source", err);
    (void)fprintf(out, "the service curfew has gone; %s and %s are kept\n", cf_usual_config(),
                  cf_usual_state());
    return CF_OK;
}

static int purge_service(FILE *out, struct cf_error *err)
{
    int code = uninstall_service(out, err);
    if (code == CF_UNAVAILABLE)
        code = CF_OK;
    return code ? code : cf_service_folder_remove(err);
}

static int start_service(FILE *out, struct cf_error *err)
{
    static const char what[] = "service start";
    SC_HANDLE manager, service;
    SERVICE_STATUS_PROCESS status = {0};
    int code = open_service(SERVICE_START | SERVICE_QUERY_STATUS, what, &manager, &service, err);
    if (code != CF_OK)
        return code;
    if (!StartServiceW(service, 0, NULL) && GetLastError() != ERROR_SERVICE_ALREADY_RUNNING)
        code = failed(what, err);
    else
        code = await(service, SERVICE_RUNNING, what, &status, err);
    close_service(manager, service);
    if (code != CF_OK)
        return code;
    if (status.dwCurrentState != SERVICE_RUNNING)
        return cf_error_set(
            err, CF_FAILED,
            "service start: it ended at once, with status %lu; the Event Log says why, and so does: "
            "curfew check --config %s",
            status.dwServiceSpecificExitCode ? status.dwServiceSpecificExitCode : status.dwWin32ExitCode,
            cf_usual_config());
    (void)fprintf(out, "the service curfew is at work\n");
    return CF_OK;
}

static int install_service(FILE *out, struct cf_error *err)
{
    wchar_t *path = cf_alloc(PATH * sizeof *path);
    bool is_new = false;
    int code = own_path(path, err);
    if (code == CF_OK)
        code = cf_service_folder_make(&is_new, err);
    if (code == CF_OK)
        code = create(path, err);
    if (code == CF_OK) {
        SetLastError(cf_event_source_set(path));
        code = GetLastError() ? failed("service install: the Event Log's source", err) : CF_OK;
    }
    free(path);
    if (code != CF_OK)
        return code;
    if (take_mark())
        return start_service(out, err);
    (void)fprintf(out, "the service curfew is there, and begins with Windows; now: curfew service start\n");
    (void)fprintf(out, is_new ? "%s is a dry run, until you say otherwise\n" : "%s was there, and is kept\n",
                  cf_usual_config());
    return CF_OK;
}

/* `again`: the next install is to begin it again where it is at work. */
static int stop_for(const char *what, bool again, struct cf_error *err)
{
    const DWORD mark = 1;
    SC_HANDLE manager, service;
    SERVICE_STATUS_PROCESS status;
    int code = open_service(SERVICE_STOP | SERVICE_QUERY_STATUS, what, &manager, &service, err);
    if (code != CF_OK)
        return code;
    if (again && look(service, &status) && status.dwCurrentState == SERVICE_RUNNING)
        (void)RegSetKeyValueW(HKEY_LOCAL_MACHINE, MARK_KEY, MARK_VALUE, REG_DWORD, &mark, sizeof mark);
    code = end(service, what, err);
    close_service(manager, service);
    return code;
}

static int stop_service(FILE *out, struct cf_error *err)
{
    int code = stop_for("service stop", false, err);
    if (code == CF_OK)
        (void)fprintf(out, "the service curfew has stopped\n");
    return code;
}

static int upgrade_service(FILE *out, struct cf_error *err)
{
    int code = stop_for("service upgrade", true, err);
    if (code == CF_OK)
        (void)fprintf(out, "the service curfew has stopped; install begins it again where it was at work\n");
    return code;
}

static int status_service(FILE *out, struct cf_error *err)
{
    static const char what[] = "service status";
    static const char *const states[] = {
        [SERVICE_STOPPED] = "has stopped",      [SERVICE_START_PENDING] = "is beginning",
        [SERVICE_STOP_PENDING] = "is ending",   [SERVICE_RUNNING] = "is at work",
        [SERVICE_CONTINUE_PENDING] = "goes on", [SERVICE_PAUSE_PENDING] = "pauses",
        [SERVICE_PAUSED] = "is paused"};
    SC_HANDLE manager, service;
    SERVICE_STATUS_PROCESS status = {0};
    int code = open_service(SERVICE_QUERY_STATUS, what, &manager, &service, err);
    if (code != CF_OK)
        return code;
    if (!look(service, &status))
        code = failed(what, err);
    close_service(manager, service);
    if (code != CF_OK)
        return code;
    size_t state = status.dwCurrentState < sizeof states / sizeof states[0] ? status.dwCurrentState : 0;
    (void)fprintf(out, "the service curfew %s",
                  states[state] ? states[state] : "is in no state that is known");
    if (status.dwProcessId)
        (void)fprintf(out, ", process %lu", status.dwProcessId);
    (void)fputc('\n', out);
    return CF_OK;
}

int cf_service_act(enum cf_service_act act, FILE *out, struct cf_error *err)
{
    static int (*const acts[CF_SERVICE_ACTS])(FILE * out, struct cf_error * err) = {
        [CF_SERVICE_INSTALL] = install_service, [CF_SERVICE_UNINSTALL] = uninstall_service,
        [CF_SERVICE_START] = start_service,     [CF_SERVICE_STOP] = stop_service,
        [CF_SERVICE_STATUS] = status_service,   [CF_SERVICE_UPGRADE] = upgrade_service,
        [CF_SERVICE_PURGE] = purge_service,
    };
    return acts[act](out, err);
}

/* ---- run ---- */

static void write_line(void *data, enum cf_log_level level, const char *line)
{
    static const unsigned ids[] = {[CF_LOG_ERROR] = CF_EVENT_ERROR,
                                   [CF_LOG_WARNING] = CF_EVENT_WARNING,
                                   [CF_LOG_NOTICE] = CF_EVENT_NOTICE,
                                   [CF_LOG_DEBUG] = CF_EVENT_NOTICE};
    cf_event_log_write(data, level, ids[level], line, NULL);
}

struct body {
    int (*run)(FILE *out);
    FILE *out;
};

/* Once Windows has taken it on, nobody sees standard error. */
static int run_logged(void *data)
{
    const struct body *body = data;
    struct cf_event_log *log = cf_event_log_open();
    if (log)
        cf_log_set_writer(write_line, log);
    int status = body->run(body->out);
    cf_log_set_writer(NULL, NULL);
    cf_event_log_close(log);
    return status;
}

int cf_service_run(int (*run)(FILE *out), struct cf_error *err)
{
    struct body body = {run, fopen("NUL", "w")};
    if (!body.out)
        return cf_error_set(err, CF_FAILED, "service run: NUL cannot be opened");
    int code = cf_service_host_run(run_logged, &body, err);
    (void)fclose(body.out);
    return code;
}
