/* wtsapi32.dll, found when the program runs: so that a system without it, or with an old one, is told so. */
#ifndef CF_WTS_API_H
#define CF_WTS_API_H

#include "base/error.h"
#include "wts/contract.h"

struct cf_wts_api {
    HANDLE(WINAPI *open_server)(WCHAR *name);
    VOID(WINAPI *close_server)(HANDLE server);
    BOOL(WINAPI *enumerate_sessions)
    (HANDLE server, DWORD *level, DWORD filter, struct cf_wts_row **rows, DWORD *count);
    BOOL(WINAPI *query)(HANDLE server, DWORD session, int class_, WCHAR **buffer, DWORD *bytes);
    BOOL(WINAPI *enumerate_processes)(HANDLE server, DWORD *level, DWORD session, WCHAR **rows, DWORD *count);
    BOOL(WINAPI *terminate_process)(HANDLE server, DWORD process, DWORD status);
    BOOL(WINAPI *send_message)
    (HANDLE server, DWORD session, WCHAR *title, DWORD title_bytes, WCHAR *text, DWORD text_bytes,
     DWORD style, DWORD seconds, DWORD *answer, BOOL wait);
    BOOL(WINAPI *disconnect)(HANDLE server, DWORD session, BOOL wait);
    BOOL(WINAPI *logoff)(HANDLE server, DWORD session, BOOL wait);
    BOOL(WINAPI *wait_event)(HANDLE server, DWORD mask, DWORD *events);
    BOOL(WINAPI *query_token)(ULONG session, HANDLE *token);
    VOID(WINAPI *free_memory)(VOID *memory);
    BOOL(WINAPI *free_rows)(int type, VOID *rows, ULONG count);
};

/* The functions of the DLL in Windows' own folder, and no other; stays loaded. CF_UNAVAILABLE: there is none,
 * or it lacks a function. */
int cf_wts_api_load(const struct cf_wts_api **ret_api, struct cf_error *err);

#endif
