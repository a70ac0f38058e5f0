#include "program/setup/service_folder_windows.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/trust.h"
#include "base/wide_windows.h"
#include "program/setup/places.h"

#include <stdlib.h>
#include <string.h>
#include <windows.h>
/* the above comes first */
#include <sddl.h>

/* Administrators' own; SYSTEM and these everything, in it, too; others read the one and nothing of the other.
 */
#define READABLE L"O:BAG:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)"
#define CLOSED   L"O:BAG:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)"

extern const char cf_embedded_curfew_lua[];
extern const size_t cf_embedded_curfew_lua_size;

static int failed(const wchar_t *path, const char *what, struct cf_error *err)
{
    DWORD number = GetLastError();
    char *narrow = cf_narrow(path), *why = cf_windows_error(number);
    int code = cf_error_set(err, number == ERROR_ACCESS_DENIED ? CF_DENIED : CF_FAILED, "%s cannot be %s: %s",
                            narrow, what, why);
    free(narrow);
    free(why);
    return code;
}

static int make_folder(const wchar_t *path, const wchar_t *rights, struct cf_error *err)
{
    SECURITY_ATTRIBUTES attributes = {.nLength = sizeof attributes};
    if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(rights, SDDL_REVISION_1,
                                                              &attributes.lpSecurityDescriptor, NULL))
        return failed(path, "made", err);
    int code = CF_OK;
    if (!CreateDirectoryW(path, &attributes) && GetLastError() != ERROR_ALREADY_EXISTS)
        code = failed(path, "made", err);
    (void)LocalFree(attributes.lpSecurityDescriptor);
    if (code != CF_OK)
        return code;
    char *narrow = cf_narrow(path);
    code = cf_trust_file(narrow, err);
    free(narrow);
    return code;
}

/* What is there is kept. */
static int write_config(const wchar_t *path, bool *ret_is_new, struct cf_error *err)
{
    DWORD written = 0;
    HANDLE file = CreateFileW(path, GENERIC_WRITE, 0, NULL, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, NULL);
    *ret_is_new = file != INVALID_HANDLE_VALUE;
    if (!*ret_is_new)
        return GetLastError() == ERROR_FILE_EXISTS ? CF_OK : failed(path, "made", err);
    BOOL whole =
        WriteFile(file, cf_embedded_curfew_lua, (DWORD)cf_embedded_curfew_lua_size, &written, NULL) &&
        written == cf_embedded_curfew_lua_size;
    int code = whole ? CF_OK : failed(path, "made", err);
    (void)CloseHandle(file);
    if (code != CF_OK)
        (void)DeleteFileW(path);
    return code;
}

static bool remove_one(const wchar_t *path, DWORD kind)
{
    if (!(kind & FILE_ATTRIBUTE_DIRECTORY))
        return DeleteFileW(path);
    wchar_t inside[MAX_PATH + 1];
    WIN32_FIND_DATAW found;
    bool is_link = kind & FILE_ATTRIBUTE_REPARSE_POINT, all = true;
    (void)_snwprintf(inside, MAX_PATH, L"%ls\\*", path);
    HANDLE list = is_link ? INVALID_HANDLE_VALUE : FindFirstFileW(inside, &found);
    for (BOOL more = list != INVALID_HANDLE_VALUE; more; more = FindNextFileW(list, &found)) {
        (void)_snwprintf(inside, MAX_PATH, L"%ls\\%ls", path, found.cFileName);
        if (wcscmp(found.cFileName, L".") != 0 && wcscmp(found.cFileName, L"..") != 0)
            all = remove_one(inside, found.dwFileAttributes) && all;
    }
    if (list != INVALID_HANDLE_VALUE)
        (void)FindClose(list);
    return all && RemoveDirectoryW(path);
}

int cf_service_folder_remove(struct cf_error *err)
{
    wchar_t *folder = cf_wide(cf_usual_config());
    *wcsrchr(folder, L'\\') = L'\0';
    DWORD kind = GetFileAttributesW(folder);
    int code =
        kind == INVALID_FILE_ATTRIBUTES || remove_one(folder, kind) ? CF_OK : failed(folder, "removed", err);
    free(folder);
    return code;
}

int cf_service_folder_make(bool *ret_is_new, struct cf_error *err)
{
    wchar_t *config = cf_wide(cf_usual_config()), *state = cf_wide(cf_usual_state()),
            *folder = cf_wide(cf_usual_config());
    *wcsrchr(folder, L'\\') = L'\0';
    int code = make_folder(folder, READABLE, err);
    if (code == CF_OK)
        code = make_folder(state, CLOSED, err);
    if (code == CF_OK)
        code = write_config(config, ret_is_new, err);
    free(config);
    free(state);
    free(folder);
    return code;
}
