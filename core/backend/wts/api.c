#include "wts/api.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *name;
    size_t offset;
} functions[] = {
    {"WTSOpenServerExW", offsetof(struct cf_wts_api, open_server)},
    {"WTSCloseServer", offsetof(struct cf_wts_api, close_server)},
    {"WTSEnumerateSessionsExW", offsetof(struct cf_wts_api, enumerate_sessions)},
    {"WTSQuerySessionInformationW", offsetof(struct cf_wts_api, query)},
    {"WTSEnumerateProcessesExW", offsetof(struct cf_wts_api, enumerate_processes)},
    {"WTSTerminateProcess", offsetof(struct cf_wts_api, terminate_process)},
    {"WTSSendMessageW", offsetof(struct cf_wts_api, send_message)},
    {"WTSDisconnectSession", offsetof(struct cf_wts_api, disconnect)},
    {"WTSLogoffSession", offsetof(struct cf_wts_api, logoff)},
    {"WTSWaitSystemEvent", offsetof(struct cf_wts_api, wait_event)},
    {"WTSQueryUserToken", offsetof(struct cf_wts_api, query_token)},
    {"WTSFreeMemory", offsetof(struct cf_wts_api, free_memory)},
    {"WTSFreeMemoryExW", offsetof(struct cf_wts_api, free_rows)},
};

int cf_wts_api_load(const struct cf_wts_api **ret_api, struct cf_error *err)
{
    static struct cf_wts_api api;
    HMODULE library = LoadLibraryExW(L"wtsapi32.dll", NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);
    if (!library)
        return cf_error_set(
            err, CF_UNAVAILABLE,
            "wtsapi32.dll is not in Windows' folder, or cannot be loaded (error %lu): it is part "
            "of every Windows with Remote Desktop Services",
            GetLastError());
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        FARPROC found = GetProcAddress(library, functions[i].name);
        if (!found)
            return cf_error_set(
                err, CF_UNAVAILABLE,
                "this Windows is too old: its wtsapi32.dll has no %s; curfew needs Windows 10, "
                "Server 2012 R2 or later",
                functions[i].name);
        memcpy((char *)&api + functions[i].offset, &found, sizeof found);
    }
    *ret_api = &api;
    return CF_OK;
}
