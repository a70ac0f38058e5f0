#include "wts/launch.h"

#include "base/memory.h"

#include <stdlib.h>

static DWORD last_error(void)
{
    DWORD error = GetLastError();
    return error ? error : ERROR_GEN_FAILURE;
}

/* Has it inherit this handle alone; the list is the caller's to free, also where it is NULL. */
static LPPROC_THREAD_ATTRIBUTE_LIST list_of(HANDLE *handle)
{
    SIZE_T size = 0;
    (void)InitializeProcThreadAttributeList(NULL, 1, 0, &size);
    LPPROC_THREAD_ATTRIBUTE_LIST list = cf_alloc(size);
    if (InitializeProcThreadAttributeList(list, 1, 0, &size) &&
        UpdateProcThreadAttribute(list, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, handle, sizeof *handle, NULL,
                                  NULL))
        return list;
    free(list);
    return NULL;
}

DWORD cf_wts_launch(const struct cf_wts_server *server, DWORD id, const WCHAR *program, WCHAR *command,
                    HANDLE standard, HANDLE *ret_process)
{
    WCHAR desktop[] = L"winsta0\\default";
    STARTUPINFOEXW startup = {.StartupInfo = {.cb = sizeof startup, .lpDesktop = desktop}};
    PROCESS_INFORMATION process;
    HANDLE token;
    if (!cf_wts_server_api(server)->query_token(id, &token))
        return last_error();
    if (standard) {
        startup.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
        startup.StartupInfo.hStdInput = startup.StartupInfo.hStdOutput = standard;
        startup.lpAttributeList = list_of(&standard);
    }
    DWORD error = 0;
    if (standard && !startup.lpAttributeList)
        error = last_error();
    else if (!CreateProcessAsUserW(token, program, command, NULL, NULL, standard != NULL,
                                   DETACHED_PROCESS | EXTENDED_STARTUPINFO_PRESENT, NULL, NULL,
                                   &startup.StartupInfo, &process))
        error = last_error();
    free(startup.lpAttributeList);
    (void)CloseHandle(token);
    if (error)
        return error;
    (void)CloseHandle(process.hThread);
    *ret_process = process.hProcess;
    return 0;
}
