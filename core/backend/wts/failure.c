#include "wts/failure.h"

#include <stdio.h>

/* Of winerror.h, and what each means for whoever asked. */
static const struct {
    DWORD error;
    int code;
    const char *text;
} failures[] = {
    {ERROR_FILE_NOT_FOUND, CF_GONE, "there is no such session"},
    {ERROR_CTX_WINSTATION_NOT_FOUND, CF_GONE, "there is no such session"},
    {ERROR_ACCESS_DENIED, CF_DENIED,
     "access is denied: it takes an administrator (elevated), SYSTEM, or the right that Remote Desktop Services "
     "give for it"},
    {ERROR_CTX_WINSTATION_ACCESS_DENIED, CF_DENIED, "access to this session is denied"},
    {ERROR_PRIVILEGE_NOT_HELD, CF_UNSUPPORTED, "only SYSTEM may do this: run curfew as a service"},
    {ERROR_CTX_CLOSE_PENDING, CF_FAILED, "the session is being closed already (state Down)"},
    {RPC_S_SERVER_UNAVAILABLE, CF_UNAVAILABLE,
     "the server does not answer: is its name right, is it on, and does its firewall let Remote Desktop Services "
     "Management (RPC) in?"},
    {RPC_S_INVALID_BINDING, CF_UNAVAILABLE, "the server cannot be reached by RPC"},
    {RPC_S_CALL_FAILED, CF_UNAVAILABLE, "the connection to the server broke"},
    {RPC_S_CALL_FAILED_DNE, CF_UNAVAILABLE, "the connection to the server broke"},
    {ERROR_BAD_NETPATH, CF_UNAVAILABLE, "there is no server of this name"},
    {ERROR_NOT_SUPPORTED, CF_UNSUPPORTED, "this host does not support it"},
    {ERROR_CALL_NOT_IMPLEMENTED, CF_UNSUPPORTED, "this host does not support it"},
};

int cf_wts_code(DWORD error)
{
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++)
        if (failures[i].error == error)
            return failures[i].code;
    return CF_FAILED;
}

const char *cf_wts_failure(DWORD error, char out[CF_WTS_FAILURE])
{
    const char *text = "Windows failed";
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++)
        if (failures[i].error == error)
            text = failures[i].text;
    (void)snprintf(out, CF_WTS_FAILURE, "%s (error %lu)", text, error);
    return out;
}
