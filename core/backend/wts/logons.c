#include "wts/logons.h"

#include <stdlib.h>

#define DRAIN_KEY   L"SYSTEM\\CurrentControlSet\\Control\\Terminal Server"
#define DRAIN       L"TSServerDrainMode"
#define CLOSED_KEY  L"SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon"
#define CLOSED      L"WinStationsDisabled"
#define POLICY_KEY  L"SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services"
#define REMOTE_OFF  L"fDenyTSConnections"
#define OURS_PARENT L"SOFTWARE\\curfew"
#define OURS        OURS_PARENT L"\\Refuses logons" /* volatile, as the refusal is */

enum { DRAIN_NONE, DRAIN_UNTIL_RESTART, DRAIN_LASTING };

/* ---- The values ---- */

static bool read_number(const wchar_t *key, const wchar_t *name, DWORD *ret_number)
{
    DWORD size = sizeof *ret_number;
    return RegGetValueW(HKEY_LOCAL_MACHINE, key, name, RRF_RT_REG_DWORD, NULL, ret_number, &size) ==
           ERROR_SUCCESS;
}

static DWORD read_drain(void)
{
    DWORD mode;
    return read_number(DRAIN_KEY, DRAIN, &mode) ? mode : DRAIN_NONE;
}

static bool read_closed(void)
{
    wchar_t text[8];
    DWORD size = sizeof text, number;
    if (RegGetValueW(HKEY_LOCAL_MACHINE, CLOSED_KEY, CLOSED, RRF_RT_REG_SZ, NULL, text, &size) ==
        ERROR_SUCCESS)
        return wcstol(text, NULL, 10) != 0;
    return read_number(CLOSED_KEY, CLOSED, &number) && number != 0;
}

/* In a key that is there: where Windows has made none, nobody would read the value. */
static DWORD write_value(const wchar_t *path, const wchar_t *name, DWORD type, const void *value, DWORD size)
{
    HKEY key;
    LSTATUS status = RegOpenKeyExW(HKEY_LOCAL_MACHINE, path, 0, KEY_SET_VALUE, &key);
    if (status != ERROR_SUCCESS)
        return (DWORD)status;
    status = RegSetValueExW(key, name, 0, type, value, size);
    (void)RegCloseKey(key);
    return (DWORD)status;
}

static DWORD write_drain(DWORD mode)
{
    return read_drain() == mode ? 0 : write_value(DRAIN_KEY, DRAIN, REG_DWORD, &mode, sizeof mode);
}

static DWORD write_closed(bool closed)
{
    static const wchar_t texts[][2] = {L"0", L"1"};
    return read_closed() == closed ? 0
                                   : write_value(CLOSED_KEY, CLOSED, REG_SZ, texts[closed], sizeof texts[0]);
}

/* ---- That they are refused by an engine ---- */

bool cf_wts_logons_are_ours(void)
{
    HKEY key;
    if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, OURS, 0, KEY_QUERY_VALUE, &key) != ERROR_SUCCESS)
        return false;
    (void)RegCloseKey(key);
    return true;
}

static DWORD make_ours(void)
{
    HKEY parent, key;
    LSTATUS status =
        RegCreateKeyExW(HKEY_LOCAL_MACHINE, OURS_PARENT, 0, NULL, 0, KEY_CREATE_SUB_KEY, NULL, &parent, NULL);
    if (status != ERROR_SUCCESS)
        return (DWORD)status;
    (void)RegCloseKey(parent);
    status = RegCreateKeyExW(HKEY_LOCAL_MACHINE, OURS, 0, NULL, REG_OPTION_VOLATILE, KEY_SET_VALUE, NULL,
                             &key, NULL);
    if (status == ERROR_SUCCESS)
        (void)RegCloseKey(key);
    return (DWORD)status;
}

/* ---- What is asked ---- */

enum cf_logons cf_wts_logons_read(void)
{
    if (read_closed())
        return CF_LOGONS_DISABLED;
    switch (read_drain()) {
    case DRAIN_UNTIL_RESTART: return CF_LOGONS_DRAIN_UNTIL_RESTART;
    case DRAIN_LASTING: return CF_LOGONS_DRAIN;
    default: return CF_LOGONS_ENABLED;
    }
}

/* The drain mode first, so that nobody gets in between the two. */
DWORD cf_wts_logons_change(enum cf_logons logons)
{
    static const DWORD modes[] = {[CF_LOGONS_ENABLED] = DRAIN_NONE,
                                  [CF_LOGONS_DRAIN] = DRAIN_LASTING,
                                  [CF_LOGONS_DRAIN_UNTIL_RESTART] = DRAIN_UNTIL_RESTART};
    bool closed = logons == CF_LOGONS_DISABLED;
    DWORD error = closed ? 0 : write_drain(modes[logons]);
    if (!error)
        error = write_closed(closed);
    if (error)
        return error;
    (void)RegDeleteKeyW(HKEY_LOCAL_MACHINE, OURS);
    return cf_wts_logons_read() == logons ? 0 : ERROR_INVALID_DATA;
}

/* What says whose it is comes first and goes last: a crash in between takes back nobody else's. */
DWORD cf_wts_logons_refuse(bool on)
{
    DWORD error = 0;
    if (on && cf_wts_logons_read() == CF_LOGONS_ENABLED) {
        error = make_ours();
        return error ? error : write_drain(DRAIN_UNTIL_RESTART);
    }
    if (on || !cf_wts_logons_are_ours())
        return 0;
    if (read_drain() == DRAIN_UNTIL_RESTART)
        error = write_drain(DRAIN_NONE);
    return error ? error : (DWORD)RegDeleteKeyW(HKEY_LOCAL_MACHINE, OURS);
}

/* ---- Whether anybody heeds it ---- */

static bool is_server(void)
{
    OSVERSIONINFOEXW version = {.dwOSVersionInfoSize = sizeof version, .wProductType = VER_NT_WORKSTATION};
    return !VerifyVersionInfoW(&version, VER_PRODUCT_TYPE,
                               VerSetConditionMask(0, VER_PRODUCT_TYPE, VER_EQUAL));
}

/* Group Policy's word goes before the machine's own. */
static bool is_remote_off(void)
{
    DWORD off = 0;
    return (read_number(POLICY_KEY, REMOTE_OFF, &off) || read_number(DRAIN_KEY, REMOTE_OFF, &off)) && off;
}

static bool has_services(void)
{
    HKEY key;
    if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, DRAIN_KEY, 0, KEY_QUERY_VALUE, &key) != ERROR_SUCCESS)
        return false;
    (void)RegCloseKey(key);
    return true;
}

int cf_wts_logons_heeded(struct cf_error *err)
{
    if (!is_server())
        return cf_error_set(err, CF_UNSUPPORTED,
                            "this Windows is no server, and only those have a drain mode, by which logons "
                            "are refused");
    if (!has_services())
        return cf_error_set(err, CF_UNSUPPORTED, "this Windows has no Remote Desktop Services");
    if (is_remote_off())
        return cf_error_set(err, CF_FAILED,
                            "Remote Desktop is off here, and logons at the console cannot be refused");
    return CF_OK;
}
