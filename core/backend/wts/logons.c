#include "wts/logons.h"

#define DRAIN_KEY   L"SYSTEM\\CurrentControlSet\\Control\\Terminal Server"
#define DRAIN_VALUE L"TSServerDrainMode"

enum { DRAIN_NONE, DRAIN_UNTIL_RESTART };

static DWORD set_drain(DWORD mode)
{
    HKEY key;
    LSTATUS status = RegCreateKeyExW(HKEY_LOCAL_MACHINE, DRAIN_KEY, 0, NULL, 0,
                                     KEY_SET_VALUE | KEY_WOW64_64KEY, NULL, &key, NULL);
    if (status != ERROR_SUCCESS)
        return (DWORD)status;
    status = RegSetValueExW(key, DRAIN_VALUE, 0, REG_DWORD, (const BYTE *)&mode, sizeof mode);
    (void)RegCloseKey(key);
    return (DWORD)status;
}

static DWORD get_drain(void)
{
    DWORD mode = DRAIN_NONE, size = sizeof mode;
    if (RegGetValueW(HKEY_LOCAL_MACHINE, DRAIN_KEY, DRAIN_VALUE, RRF_RT_REG_DWORD, NULL, &mode, &size) !=
        ERROR_SUCCESS)
        return DRAIN_NONE;
    return mode;
}

DWORD cf_wts_logons_refuse(bool on)
{
    if (on)
        return get_drain() == DRAIN_NONE ? set_drain(DRAIN_UNTIL_RESTART) : ERROR_SUCCESS;
    return get_drain() == DRAIN_UNTIL_RESTART ? set_drain(DRAIN_NONE)
                                              : ERROR_SUCCESS; /* 2 is somebody else's */
}
