#include "base/trust.h"

#include "base/memory.h"
#include "base/wide_windows.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
/* the above comes first */
#include <aclapi.h>
#include <sddl.h>

enum { MOST = 32768 }; /* units of a path, as Windows has it */

/* By which somebody changes a file, or puts another in its place. */
#define REPLACES (DELETE | WRITE_DAC | WRITE_OWNER | GENERIC_ALL)
#define WRITES   (REPLACES | GENERIC_WRITE | FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_DELETE_CHILD)

/* SYSTEM, Administrators, TrustedInstaller; what a folder gives to whoever makes a file, and an owner's
 * rights. */
static const char *const trusted[] = {
    "S-1-5-18", "S-1-5-32-544", "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464",
    "S-1-3-0",  "S-1-3-4",
};

static const struct {
    const char *sid, *name;
} others[] = {{"S-1-1-0", "Everyone"}, {"S-1-5-11", "Authenticated Users"}, {"S-1-5-32-545", "Users"}};

static bool is_own(PSID sid)
{
    unsigned char user[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
    HANDLE token;
    DWORD size = sizeof user;
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token))
        return false;
    bool own = GetTokenInformation(token, TokenUser, user, size, &size) &&
               EqualSid(((TOKEN_USER *)(void *)user)->User.Sid, sid);
    (void)CloseHandle(token);
    return own;
}

static bool is_trusted(PSID sid)
{
    char *text = NULL;
    bool known = is_own(sid);
    if (!known && ConvertSidToStringSidA(sid, &text)) {
        for (size_t i = 0; i < sizeof trusted / sizeof *trusted; i++)
            known = known || strcmp(text, trusted[i]) == 0;
        (void)LocalFree(text);
    }
    return known;
}

/* Refuses; names are given to groups that every Windows has, since to look one up may ask the network. */
static int refuse(const wchar_t *path, PSID sid, const char *what, struct cf_error *err)
{
    char *narrow = cf_narrow(path), *text = NULL;
    const char *name = "somebody unknown";
    if (ConvertSidToStringSidA(sid, &text))
        name = text;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(name, others[i].sid) == 0)
            name = others[i].name;
    int code =
        cf_error_set(err, CF_REFUSED,
                     "%s %s %s, who could make curfew do anything; let it belong to Administrators, and "
                     "nobody but these and SYSTEM write to it (icacls shows who may)",
                     narrow, what, name);
    (void)LocalFree(text);
    free(narrow);
    return code;
}

static int refuse_unreadable(const wchar_t *path, DWORD number, struct cf_error *err)
{
    char *narrow = cf_narrow(path), *why = cf_windows_error(number);
    int code = cf_error_set(err, CF_REFUSED, "%s: who may write to it cannot be read: %s", narrow, why);
    free(narrow);
    free(why);
    return code;
}

/* `rights`: those that nobody else may have. Kinds of entries that we do not know count as if they gave them.
 */
static int check_list(const wchar_t *path, PACL list, DWORD rights, struct cf_error *err)
{
    for (DWORD i = 0; i < list->AceCount; i++) {
        ACCESS_ALLOWED_ACE *entry;
        if (!GetAce(list, i, (void **)&entry))
            return refuse_unreadable(path, GetLastError(), err);
        if (entry->Header.AceFlags & INHERIT_ONLY_ACE || entry->Header.AceType == ACCESS_DENIED_ACE_TYPE)
            continue;
        if (entry->Header.AceType != ACCESS_ALLOWED_ACE_TYPE)
            return refuse_unreadable(path, ERROR_NOT_SUPPORTED, err);
        if (entry->Mask & rights && !is_trusted(&entry->SidStart))
            return refuse(path, &entry->SidStart, "can be written by", err);
    }
    return CF_OK;
}

static int check_one(const wchar_t *path, DWORD rights, struct cf_error *err)
{
    PSID owner = NULL;
    PACL list = NULL;
    PSECURITY_DESCRIPTOR descriptor = NULL;
    HANDLE file =
        CreateFileW(path, READ_CONTROL, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                    OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, NULL);
    if (file == INVALID_HANDLE_VALUE)
        return refuse_unreadable(path, GetLastError(), err);
    DWORD status =
        GetSecurityInfo(file, SE_FILE_OBJECT, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, &owner,
                        NULL, &list, NULL, &descriptor);
    int code = CF_OK;
    if (status || !owner || !list) /* without a list everybody may do anything */
        code = refuse_unreadable(path, status ? status : ERROR_INVALID_ACL, err);
    else if (!is_trusted(owner))
        code = refuse(path, owner, "belongs to", err);
    else
        code = check_list(path, list, rights, err);
    (void)LocalFree(descriptor);
    (void)CloseHandle(file);
    return code;
}

/* The file and its own folder, then the folders above, whose new files are nobody's concern. */
static int walk(wchar_t *path, struct cf_error *err)
{
    DWORD rights = WRITES;
    int code = check_one(path, rights, err);
    for (int above = 0; code == CF_OK; above++) {
        wchar_t *slash = wcsrchr(path, L'\\');
        if (!slash || slash[-1] == L'?' || slash[-1] == L'\\')
            break;
        bool root = slash[-1] == L':';
        slash[root ? 1 : 0] = L'\0';
        rights = above == 0 ? WRITES : REPLACES | FILE_DELETE_CHILD;
        code = check_one(path, rights, err);
        if (root)
            break;
    }
    return code;
}

static int unreachable(const char *path, struct cf_error *err)
{
    char *why = cf_windows_error(GetLastError());
    (void)cf_error_set(err, CF_REFUSED, "%s: %s", path, why);
    free(why);
    return CF_REFUSED;
}

/* Where links and junctions lead in the end; false: GetLastError() says why not. */
static bool resolve(const wchar_t *path, wchar_t *ret_path)
{
    HANDLE file = CreateFileW(path, READ_CONTROL, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                              NULL, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
    if (file == INVALID_HANDLE_VALUE)
        return false;
    DWORD length = GetFinalPathNameByHandleW(file, ret_path, MOST, FILE_NAME_NORMALIZED | VOLUME_NAME_DOS);
    (void)CloseHandle(file);
    return length > 0 && length < MOST;
}

int cf_trust_file(const char *path, struct cf_error *err)
{
    wchar_t *wide = cf_wide(path), *way = cf_alloc(2 * MOST * sizeof *way), *end = way + MOST;
    DWORD length = GetFullPathNameW(wide, MOST, way, NULL);
    int code;
    if (length == 0 || length >= MOST || !resolve(way, end)) {
        code = unreachable(path, err);
    } else {
        code = walk(way, err);
        if (code == CF_OK)
            code = walk(end, err);
    }
    free(way);
    free(wide);
    return code;
}
