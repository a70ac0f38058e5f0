#include "commands/processes.h"

#include "base/i18n.h"
#include "base/wide_windows.h"

#include <stdlib.h>
#include <windows.h>

enum { ENDING_MS = 5000 };

/* As long as it is held its number is nobody else's. */
void cf_process_hold(struct cf_process *process, int64_t pid)
{
    HANDLE handle = OpenProcess(PROCESS_TERMINATE | SYNCHRONIZE, FALSE, (DWORD)pid);
    process->handle = handle;
    process->code = handle ? 0 : (int)GetLastError();
}

void cf_process_release(struct cf_process *process)
{
    if (process->handle)
        (void)CloseHandle(process->handle);
    process->handle = NULL;
}

static int fail(DWORD number, struct cf_error *err)
{
    if (number == ERROR_INVALID_PARAMETER) /* there is none of that number */
        return CF_OK;
    if (number == ERROR_ACCESS_DENIED)
        return cf_error_set(err, CF_DENIED,
                            _("access is denied: only administrators may end other users' processes"));
    char *why = cf_windows_error(number);
    (void)cf_error_set(err, CF_FAILED, "%s", why);
    free(why);
    return CF_FAILED;
}

/* Windows has no way to ask it first, but for its windows. */
int cf_process_end(const struct cf_process *process, struct cf_error *err)
{
    if (!process->handle)
        return fail((DWORD)process->code, err);
    if (!TerminateProcess(process->handle, 1) && WaitForSingleObject(process->handle, 0) != WAIT_OBJECT_0)
        return fail(GetLastError(), err);
    if (WaitForSingleObject(process->handle, ENDING_MS) == WAIT_OBJECT_0)
        return CF_OK;
    return cf_error_set(err, CF_TIMEOUT, _("is still there, though it was made to end"));
}
