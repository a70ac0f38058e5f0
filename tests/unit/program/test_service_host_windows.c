/*
 * What Windows' service control manager says to the service, and is told. The test is the manager: it gets
 * the handler that curfew registers, and calls it as Windows does, on the thread that dispatches.
 */
#include "../unit.h"

#include "program/setup/hosts.h"
#include "program/setup/manager.h"
#include "program/setup/service_host_windows.h"
#include "sim/sim.h"

#include <stdio.h>
#include <string.h>
#include <winsock2.h> /* and windows.h with it */
#include <winsvc.h>

enum { STATUS = 3, PATIENCE_MS = 60000 };

/* ---- Windows' functions ---- */

static struct {
    wchar_t name[32];
    LPHANDLER_FUNCTION_EX handler;
    SERVICE_STATUS statuses[16];
    LONG status_count;
    HANDLE running;
    int failed; /* tests */
} manager;

typedef BOOL WINAPI dispatch_services(const SERVICE_TABLE_ENTRYW *table);
typedef SERVICE_STATUS_HANDLE WINAPI register_handler(const wchar_t *name, LPHANDLER_FUNCTION_EX handler,
                                                      void *data);
typedef BOOL WINAPI set_status(SERVICE_STATUS_HANDLE service, SERVICE_STATUS *status);
extern dispatch_services *__wrap___imp_StartServiceCtrlDispatcherW;
extern register_handler *__wrap___imp_RegisterServiceCtrlHandlerExW;
extern set_status *__wrap___imp_SetServiceStatus;

static SERVICE_STATUS_HANDLE WINAPI take_handler(const wchar_t *name, LPHANDLER_FUNCTION_EX handler,
                                                 void *data)
{
    (void)data;
    (void)wcscpy(manager.name, name);
    manager.handler = handler;
    return (SERVICE_STATUS_HANDLE)&manager;
}

static BOOL WINAPI take_status(SERVICE_STATUS_HANDLE service, SERVICE_STATUS *status)
{
    LONG at = manager.status_count;
    if (service != (SERVICE_STATUS_HANDLE)&manager || at == 16)
        return FALSE;
    manager.statuses[at] = *status;
    (void)InterlockedIncrement(&manager.status_count);
    return status->dwCurrentState != SERVICE_RUNNING || SetEvent(manager.running);
}

static DWORD WINAPI begin_service(void *data)
{
    wchar_t name[] = L"curfew", *words[] = {name, NULL};
    ((const SERVICE_TABLE_ENTRYW *)data)->lpServiceProc(1, words);
    return 0;
}

static int try_all(void);

/* The service is at work meanwhile; the last of the tests ends it. */
static BOOL WINAPI dispatch(const SERVICE_TABLE_ENTRYW *table)
{
    HANDLE service = CreateThread(NULL, 0, begin_service, (void *)(uintptr_t)table, 0, NULL);
    (void)WaitForSingleObject(manager.running, PATIENCE_MS);
    manager.failed = try_all();
    BOOL ended = WaitForSingleObject(service, PATIENCE_MS) == WAIT_OBJECT_0;
    (void)CloseHandle(service);
    return ended;
}

dispatch_services *__wrap___imp_StartServiceCtrlDispatcherW = dispatch;
register_handler *__wrap___imp_RegisterServiceCtrlHandlerExW = take_handler;
set_status *__wrap___imp_SetServiceStatus = take_status;

/* ---- The service: a loop, an engine on a simulated host, and what the loop is told ---- */

static struct {
    HANDLE told; /* something was */
    HANDLE gate; /* the loop stands still until it is opened, */
    HANDLE held; /* which it says here */
    uv_async_t stand_still;
    char sessions[256];
    LONG clocks, reloads, stops;
} service;

static void on_session(struct cf_backend *backend, const char *id)
{
    (void)backend;
    (void)strcat(strcat(service.sessions, id), " ");
    (void)SetEvent(service.told);
}

void __wrap_cf_loop_look_at_clock(struct cf_loop *loop);
void __wrap_cf_loop_look_at_clock(struct cf_loop *loop)
{
    (void)loop;
    service.clocks++;
    (void)SetEvent(service.told);
}

static void on_reload(void *data)
{
    (void)data;
    service.reloads++;
    (void)SetEvent(service.told);
}

static void on_stand_still(uv_async_t *async)
{
    (void)async;
    (void)SetEvent(service.held);
    (void)WaitForSingleObject(service.gate, PATIENCE_MS);
}

static void run_managed(struct cf_loop *loop, const struct cf_engine *engine)
{
    struct cf_manager *managed =
        cf_manager_create(&(struct cf_manager_setup){.loop = loop, .engine = engine, .reload = on_reload});
    cf_loop_run(loop);
    service.stops++;
    cf_manager_destroy(managed);
}

static int body(void *data)
{
    struct cf_backend *host;
    struct cf_loop *loop;
    struct cf_engine *engine;
    struct cf_config config;
    struct cf_error err;
    static struct cf_backend_ops ops;
    (void)data;
    cf_config_init(&config);
    if (cf_loop_create(&loop, &err) != CF_OK ||
        cf_engine_create(&(struct cf_engine_setup){.loop = loop,
                                                   .backend = &cf_sim_ops,
                                                   .backend_setup = &(struct cf_sim_setup){.opened = &host},
                                                   .policy_host = cf_scripts,
                                                   .config = &config},
                         &engine, &err) != CF_OK)
        return 99;
    ops = *cf_backend_ops_of(host);
    ops.session_changed = on_session;
    ((struct cf_backend_head *)(void *)host)->ops = &ops;
    (void)uv_async_init(cf_loop_uv(loop), &service.stand_still, on_stand_still);
    run_managed(loop, engine);
    run_managed(loop, engine); /* as if it had been slow to begin: the stop was asked for by then */
    uv_close((uv_handle_t *)&service.stand_still, NULL);
    cf_engine_destroy(engine);
    cf_config_finish(&config);
    cf_loop_run(loop);
    cf_loop_destroy(loop);
    return STATUS;
}

/* ---- What the manager says ---- */

static DWORD say(DWORD control, DWORD type, void *event)
{
    return manager.handler(control, type, event, NULL);
}

static void say_session(DWORD type, DWORD session)
{
    WTSSESSION_NOTIFICATION event = {.cbSize = sizeof event, .dwSessionId = session};
    assert_int_equal(say(SERVICE_CONTROL_SESSIONCHANGE, type, &event), NO_ERROR);
}

/* Once more, maybe of what was seen before it was told: who waits looks whether what they wait for is there.
 */
static void await_told(void)
{
    assert_int_equal(WaitForSingleObject(service.told, PATIENCE_MS), WAIT_OBJECT_0);
}

static void await_session(const char *id)
{
    while (!strstr(service.sessions, id))
        await_told();
}

static const SERVICE_STATUS *last_status(void)
{
    return &manager.statuses[manager.status_count - 1];
}

static void it_begins_and_says_what_it_listens_to(void **state)
{
    (void)state;
    assert_true(wcscmp(manager.name, CF_SERVICE_NAME) == 0);
    assert_int_equal(manager.status_count, 2);
    assert_int_equal(manager.statuses[0].dwCurrentState, SERVICE_START_PENDING);
    assert_int_equal(manager.statuses[0].dwControlsAccepted, 0);
    assert_int_equal(manager.statuses[1].dwCurrentState, SERVICE_RUNNING);
    assert_int_equal(manager.statuses[1].dwControlsAccepted,
                     SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_SHUTDOWN | SERVICE_ACCEPT_SESSIONCHANGE |
                         SERVICE_ACCEPT_POWEREVENT | SERVICE_ACCEPT_PARAMCHANGE);
}

static void the_host_hears_of_a_session(void **state)
{
    (void)state;
    say_session(WTS_SESSION_LOCK, 7);
    await_session("7 ");
    assert_string_equal(service.sessions, "7 ");
}

/* Whatever comes while the loop is busy: of each session once, in order. */
static void it_hears_of_each_session_once(void **state)
{
    (void)state;
    service.sessions[0] = '\0';
    (void)uv_async_send(&service.stand_still);
    assert_int_equal(WaitForSingleObject(service.held, PATIENCE_MS), WAIT_OBJECT_0);
    for (int i = 0; i < 1000; i++)
        say_session(i % 2 ? WTS_SESSION_UNLOCK : WTS_SESSION_LOCK, 9 + (DWORD)i % 3);
    (void)SetEvent(service.gate);
    await_session("11 ");
    say_session(WTS_SESSION_LOGOFF, 12);
    await_session("12 ");
    assert_string_equal(service.sessions, "9 10 11 12 ");
}

static void after_a_resume_the_clock_is_looked_at(void **state)
{
    (void)state;
    LONG before = service.clocks;
    assert_int_equal(say(SERVICE_CONTROL_POWEREVENT, PBT_APMSUSPEND, NULL), NO_ERROR);
    assert_int_equal(say(SERVICE_CONTROL_POWEREVENT, PBT_APMPOWERSTATUSCHANGE, NULL), NO_ERROR);
    service.sessions[0] = '\0';
    say_session(WTS_SESSION_LOCK, 7); /* which comes behind these */
    await_session("7 ");
    assert_int_equal(service.clocks, before);
    assert_int_equal(say(SERVICE_CONTROL_POWEREVENT, PBT_APMRESUMEAUTOMATIC, NULL), NO_ERROR);
    while (service.clocks == before)
        await_told();
    assert_int_equal(service.clocks, before + 1);
}

static void its_configuration_is_loaded_again(void **state)
{
    (void)state;
    assert_int_equal(say(SERVICE_CONTROL_PARAMCHANGE, 0, NULL), NO_ERROR);
    while (!service.reloads)
        await_told();
    assert_int_equal(service.reloads, 1);
}

/* What it did not say that it listens to, it does not know. */
static void nothing_else_is_known(void **state)
{
    (void)state;
    static const DWORD others[] = {SERVICE_CONTROL_PRESHUTDOWN, SERVICE_CONTROL_PAUSE,
                                   SERVICE_CONTROL_CONTINUE,    SERVICE_CONTROL_DEVICEEVENT,
                                   SERVICE_CONTROL_NETBINDADD,  SERVICE_CONTROL_HARDWAREPROFILECHANGE,
                                   SERVICE_CONTROL_TIMECHANGE,  128 /* the first of a user's own */};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_int_equal(say(others[i], 0, NULL), ERROR_CALL_NOT_IMPLEMENTED);
    assert_int_equal(say(SERVICE_CONTROL_INTERROGATE, 0, NULL), NO_ERROR);
    assert_int_equal(last_status()->dwCurrentState, SERVICE_RUNNING);
    assert_int_equal(service.stops, 0);
}

/* The manager knows before the handler returns, though the loop is busy. */
static void at_a_shutdown_it_ends(void **state)
{
    (void)state;
    (void)uv_async_send(&service.stand_still);
    assert_int_equal(WaitForSingleObject(service.held, PATIENCE_MS), WAIT_OBJECT_0);
    assert_int_equal(say(SERVICE_CONTROL_SHUTDOWN, 0, NULL), NO_ERROR);
    assert_int_equal(last_status()->dwCurrentState, SERVICE_STOP_PENDING);
    assert_int_equal(last_status()->dwControlsAccepted, 0);
    assert_true(last_status()->dwWaitHint > 0);
    assert_int_equal(say(SERVICE_CONTROL_STOP, 0, NULL), NO_ERROR);
    (void)SetEvent(service.gate);
}

static int try_all(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_begins_and_says_what_it_listens_to),
        cmocka_unit_test(the_host_hears_of_a_session),
        cmocka_unit_test(it_hears_of_each_session_once),
        cmocka_unit_test(after_a_resume_the_clock_is_looked_at),
        cmocka_unit_test(its_configuration_is_loaded_again),
        cmocka_unit_test(nothing_else_is_known),
        cmocka_unit_test(at_a_shutdown_it_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* ---- After its end ---- */

static void it_ended_in_order_with_its_status(void **state)
{
    (void)state;
    assert_int_equal(service.stops, 2);
    assert_int_equal(last_status()->dwCurrentState, SERVICE_STOPPED);
    assert_int_equal(last_status()->dwWin32ExitCode, ERROR_SERVICE_SPECIFIC_ERROR);
    assert_int_equal(last_status()->dwServiceSpecificExitCode, STATUS);
    for (LONG i = 2; i < manager.status_count - 1; i++) /* it never said that it ran again */
        assert_int_equal(manager.statuses[i].dwCurrentState, SERVICE_STOP_PENDING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(it_ended_in_order_with_its_status)};
    struct cf_error err;
    manager.running = CreateEventW(NULL, TRUE, FALSE, NULL);
    service.told = CreateEventW(NULL, FALSE, FALSE, NULL);
    service.gate = CreateEventW(NULL, FALSE, FALSE, NULL);
    service.held = CreateEventW(NULL, FALSE, FALSE, NULL);
    int code = cf_service_host_run(body, NULL, &err);
    return (code != CF_OK) + manager.failed + cmocka_run_group_tests(tests, NULL, NULL);
}
