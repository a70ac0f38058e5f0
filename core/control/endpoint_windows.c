#include "control/endpoint.h"

#include "base/hash.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/wide_windows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
/* the above comes first */
#include <aclapi.h>
#include <sddl.h>

/*
 * Who may what with the pipe. Nobody from another machine (NU), whatever else they are; SYSTEM,
 * administrators and whoever runs the engine everything; others that logged on read and write, and neither
 * make a further instance of the pipe, which would let them answer for the engine, nor change this list.
 */
#define RIGHTS "D:P(D;;GA;;;NU)(A;;GA;;;SY)(A;;GA;;;BA)(A;;GA;;;%s)(A;;0x12018b;;;AU)"

struct cf_endpoint {
    char own[CF_PEER_SID]; /* whose the engine is; "" where it is an administrator's anyhow */
};

static int failed(struct cf_error *err, const char *path, unsigned long number)
{
    char *why = cf_windows_error(number);
    (void)cf_error_set(err, CF_FAILED, "cannot listen at %s: %s", path, why);
    free(why);
    return CF_FAILED;
}

/* ---- Tokens ---- */

/* What a token tells of its kind; the caller frees it. NULL: nothing. */
static void *token_information(HANDLE token, TOKEN_INFORMATION_CLASS kind)
{
    DWORD size = 0;
    (void)GetTokenInformation(token, kind, NULL, 0, &size);
    void *information = cf_alloc(size + 1);
    if (size > 0 && GetTokenInformation(token, kind, information, size, &size))
        return information;
    free(information);
    return NULL;
}

/* "S-1-5-21-…" */
static bool read_sid(HANDLE token, char sid[CF_PEER_SID])
{
    TOKEN_USER *user = token_information(token, TokenUser);
    char *text = NULL;
    bool known = user && ConvertSidToStringSidA(user->User.Sid, &text) && strlen(text) < CF_PEER_SID;
    if (known)
        (void)strcpy(sid, text);
    (void)LocalFree(text);
    free(user);
    return known;
}

/* Whether administrators' rights are in force in it, not only to be had (as before a consent by UAC). */
static bool is_administrator(HANDLE token)
{
    static const WELL_KNOWN_SID_TYPE known[] = {WinBuiltinAdministratorsSid, WinLocalSystemSid};
    HANDLE copy = NULL;
    BOOL member = FALSE;
    if (!DuplicateToken(token, SecurityIdentification, &copy))
        return false;
    for (size_t i = 0; !member && i < sizeof known / sizeof *known; i++) {
        unsigned char sid[SECURITY_MAX_SID_SIZE];
        DWORD size = sizeof sid;
        if (!CreateWellKnownSid(known[i], NULL, sid, &size) || !CheckTokenMembership(copy, sid, &member))
            member = FALSE;
    }
    (void)CloseHandle(copy);
    return member;
}

/* A number for a user, by which connections and requests are counted; no two need differ. Never one that a
 * session's uid could be, nor an unknown one. */
static int64_t number_of(const char *sid)
{
    return (int64_t)(cf_hash_bytes(CF_HASH_NONE, sid, strlen(sid)) >> 2 | UINT64_C(1) << 61);
}

static int read_token(const struct cf_endpoint *endpoint, HANDLE token, struct cf_peer *ret_peer)
{
    struct cf_peer peer = {.pid = ret_peer->pid};
    DWORD session = 0, size = sizeof session;
    if (!read_sid(token, peer.sid) ||
        !GetTokenInformation(token, TokenSessionId, &session, sizeof session, &size))
        return CF_FAILED;
    peer.uid = number_of(peer.sid);
    peer.session = session;
    peer.administrator =
        is_administrator(token) || (endpoint->own[0] && strcmp(peer.sid, endpoint->own) == 0);
    *ret_peer = peer;
    return CF_OK;
}

/* ---- Who calls ---- */

/* For limits alone: by now the process may be another of the same number. */
int cf_endpoint_peer(const struct cf_endpoint *endpoint, const uv_pipe_t *pipe, struct cf_peer *ret_peer)
{
    uv_os_fd_t handle;
    ULONG pid = 0;
    HANDLE token = NULL;
    if (uv_fileno((const uv_handle_t *)pipe, &handle) != 0 || !GetNamedPipeClientProcessId(handle, &pid))
        return CF_FAILED;
    *ret_peer = (struct cf_peer){.pid = (int64_t)pid, .uid = number_of("")};
    HANDLE process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, pid);
    if (process && OpenProcessToken(process, TOKEN_QUERY | TOKEN_DUPLICATE, &token)) {
        (void)read_token(endpoint, token, ret_peer);
        (void)CloseHandle(token);
    }
    if (process)
        (void)CloseHandle(process);
    return CF_OK;
}

/* No back end takes an agent here. */
int cf_endpoint_again(uv_os_fd_t connection)
{
    (void)connection;
    return -1;
}

int cf_endpoint_confirm(const struct cf_endpoint *endpoint, const uv_pipe_t *pipe, struct cf_peer *peer)
{
    uv_os_fd_t handle;
    HANDLE token = NULL;
    if (uv_fileno((const uv_handle_t *)pipe, &handle) != 0 || !ImpersonateNamedPipeClient(handle))
        return CF_FAILED;
    BOOL open = OpenThreadToken(GetCurrentThread(), TOKEN_QUERY | TOKEN_DUPLICATE, TRUE, &token);
    if (!RevertToSelf())
        abort(); /* else all that follows would be done as the client */
    int code = open ? read_token(endpoint, token, peer) : CF_FAILED;
    if (open)
        (void)CloseHandle(token);
    return code;
}

void cf_endpoint_set_administrators(struct cf_endpoint *endpoint, const int64_t *gids, size_t count)
{
    (void)endpoint, (void)gids, (void)count; /* BUILTIN\Administrators is the group, and nobody's to name */
}

/* ---- Life ---- */

static bool read_own(struct cf_endpoint *endpoint, char sid[CF_PEER_SID])
{
    HANDLE token = NULL;
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY | TOKEN_DUPLICATE, &token))
        return false;
    bool known = read_sid(token, sid);
    if (known && !is_administrator(token))
        (void)strcpy(endpoint->own, sid);
    (void)CloseHandle(token);
    return known;
}

/* libuv makes the pipe with the list that everybody's are made with, under which others may read, not ask. */
static int restrict_rights(const uv_pipe_t *pipe, const char *path, const char *own, struct cf_error *err)
{
    uv_os_fd_t handle;
    char text[sizeof RIGHTS + CF_PEER_SID];
    PSECURITY_DESCRIPTOR rights = NULL;
    PACL list = NULL;
    BOOL there = FALSE, defaulted;
    (void)snprintf(text, sizeof text, RIGHTS, own);
    if (uv_fileno((const uv_handle_t *)pipe, &handle) != 0 ||
        !ConvertStringSecurityDescriptorToSecurityDescriptorA(text, SDDL_REVISION_1, &rights, NULL) ||
        !GetSecurityDescriptorDacl(rights, &there, &list, &defaulted))
        return failed(err, path, GetLastError());
    DWORD status = SetSecurityInfo(handle, SE_KERNEL_OBJECT,
                                   DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION, NULL,
                                   NULL, list, NULL);
    (void)LocalFree(rights);
    return status ? failed(err, path, status) : CF_OK;
}

/* Asked before all else, for Wine, which does not know FILE_FLAG_FIRST_PIPE_INSTANCE; of two that ask at
 * once, Windows itself lets one have the name, by that. */
static bool is_taken(const char *path)
{
    wchar_t *wide = cf_wide(path);
    bool taken = WaitNamedPipeW(wide, 1) || GetLastError() != ERROR_FILE_NOT_FOUND;
    free(wide);
    return taken;
}

int cf_endpoint_open(const char *path, uv_pipe_t *pipe, struct cf_endpoint **ret_endpoint,
                     struct cf_error *err)
{
    struct cf_endpoint *endpoint = cf_alloc(sizeof *endpoint);
    char own[CF_PEER_SID];
    int code = CF_OK, status = 0;
    if (strncmp(path, "\\\\.\\pipe\\", 9) != 0)
        code =
            cf_error_set(err, CF_USAGE, "cannot listen at %s: a pipe's name begins with \\\\.\\pipe\\", path);
    else if (!read_own(endpoint, own))
        code = failed(err, path, GetLastError());
    else if (is_taken(path) || (status = uv_pipe_bind(pipe, path)) == UV_EADDRINUSE)
        code = cf_error_set(
            err, CF_REFUSED,
            "cannot listen at %s: another engine, or somebody else, has a pipe of that name; end "
            "that one, or give this one a --socket of its own",
            path);
    else if (status != 0)
        code = cf_error_set(err, CF_FAILED, "cannot listen at %s: %s", path, uv_strerror(status));
    else
        code = restrict_rights(pipe, path, own, err);
    if (code == CF_OK)
        *ret_endpoint = endpoint;
    else
        free(endpoint);
    return code;
}

void cf_endpoint_close(struct cf_endpoint *endpoint)
{
    free(endpoint);
}
