/*
 * lister_windows: the least that a listing of sessions with their idle times takes on Windows. Enumerates
 * them, looks once at each, one after the other; prints a line each. It trusts whatever it reads: it is a
 * floor to measure by, no program to use.
 */
#include "wts/api.h"

#include <stdio.h>

int main(void)
{
    const struct cf_wts_api *api;
    struct cf_error err;
    struct cf_wts_row *rows;
    DWORD level = 1, count, bytes;
    if (cf_wts_api_load(&api, &err) != CF_OK || !api->enumerate_sessions(NULL, &level, 0, &rows, &count)) {
        (void)fputs("lister_windows: there is no listing\n", stderr);
        return 1;
    }
    (void)setvbuf(stdout, NULL, _IOFBF, 1 << 16);
    for (DWORD i = 0; i < count; i++) {
        struct cf_wts_infoex *info;
        if (!api->query(NULL, rows[i].id, CF_WTS_INFO, (WCHAR **)(void *)&info, &bytes))
            continue;
        int64_t idle = info->data.current.QuadPart - info->data.last_input.QuadPart;
        (void)printf("%lu %lu %ls %ls %lld\n", rows[i].id, rows[i].state, rows[i].name, rows[i].user,
                     (long long)(idle / 10000000));
        api->free_memory(info);
    }
    (void)api->free_rows(CF_WTS_TYPE_SESSION_1, rows, count);
    return 0;
}
