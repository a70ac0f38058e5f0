#include "wts/look.h"

#include "base/memory.h"
#include "wts/record.h"
#include "wts/utf16.h"

#include <stdlib.h>
#include <string.h>

enum { AF_IPV4 = 2, AF_IPV6 = 23 }; /* AF_INET and AF_INET6 of Windows */

DWORD cf_wts_enumerate(const struct cf_wts_server *server, struct cf_wts_found **ret_found, size_t *ret_count)
{
    const struct cf_wts_api *api = cf_wts_server_api(server);
    DWORD level = 1, count = 0;
    struct cf_wts_row *rows = NULL;
    if (!api->enumerate_sessions(cf_wts_server_handle(server), &level, 0, &rows, &count))
        return GetLastError();
    struct cf_wts_found *found = cf_alloc(((size_t)count + 1) * sizeof *found);
    size_t used = 0;
    for (DWORD i = 0; i < count; i++) {
        const struct cf_wts_row *row = &rows[i];
        if (cf_wts_is_session(row->id, row->state))
            found[used++] = (struct cf_wts_found){row->id, row->state, cf_utf8_of(row->name),
                                                  cf_utf8_of(row->user), cf_utf8_of(row->domain)};
    }
    if (rows)
        (void)api->free_rows(CF_WTS_TYPE_SESSION_1, rows, count);
    *ret_found = found;
    *ret_count = used;
    return 0;
}

void cf_wts_found_free(struct cf_wts_found *found, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(found[i].name);
        free(found[i].user);
        free(found[i].domain);
    }
    free(found);
}

/* What the server answers, of `size` bytes at least; free_memory() it. NULL: *ret_error says why. */
static void *ask(const struct cf_wts_server *server, DWORD id, int class_, size_t size, DWORD *ret_error)
{
    const struct cf_wts_api *api = cf_wts_server_api(server);
    WCHAR *buffer = NULL;
    DWORD bytes = 0;
    if (!api->query(cf_wts_server_handle(server), id, class_, &buffer, &bytes)) {
        *ret_error = GetLastError();
        return NULL;
    }
    if (buffer && bytes >= size)
        return buffer;
    if (buffer)
        api->free_memory(buffer);
    *ret_error = ERROR_INVALID_DATA;
    return NULL;
}

DWORD cf_wts_look(const struct cf_wts_server *server, DWORD id, struct cf_wts_infoex *ret_info)
{
    DWORD error = 0;
    struct cf_wts_infoex *info = ask(server, id, CF_WTS_INFO, sizeof *info, &error);
    if (!info)
        return error ? error : ERROR_INVALID_DATA;
    bool fits = info->level == 1 && info->data.id == id;
    if (fits)
        *ret_info = *info;
    cf_wts_server_api(server)->free_memory(info);
    return fits ? 0 : ERROR_INVALID_DATA;
}

char *cf_wts_client_name(const struct cf_wts_server *server, DWORD id)
{
    DWORD error;
    WCHAR *name = ask(server, id, CF_WTS_CLIENT_NAME, sizeof *name, &error);
    char *text = cf_utf8_of(name);
    if (name)
        cf_wts_server_api(server)->free_memory(name);
    return text;
}

char *cf_wts_address_text(const struct cf_wts_address *address)
{
    char text[INET6_ADDRSTRLEN] = "";
    const BYTE *from = address->bytes + 2;
    int code = -1;
    if (address->family == AF_IPV4)
        code = uv_inet_ntop(AF_INET, from, text, sizeof text);
    else if (address->family == AF_IPV6)
        code = uv_inet_ntop(AF_INET6, from, text, sizeof text);
    bool nobody = strcmp(text, "0.0.0.0") == 0 || strcmp(text, "::") == 0;
    return code == 0 && !nobody ? cf_strdup(text) : NULL;
}

char *cf_wts_client_address(const struct cf_wts_server *server, DWORD id)
{
    DWORD error;
    struct cf_wts_address *address = ask(server, id, CF_WTS_CLIENT_ADDRESS, sizeof *address, &error);
    char *text = address ? cf_wts_address_text(address) : NULL;
    if (address)
        cf_wts_server_api(server)->free_memory(address);
    return text;
}

bool cf_wts_own_session(const struct cf_wts_server *server, DWORD *ret_id)
{
    DWORD error;
    DWORD *id = ask(server, (DWORD)CF_WTS_CURRENT_SESSION, CF_WTS_SESSION_ID, sizeof *id, &error);
    if (id) {
        *ret_id = *id;
        cf_wts_server_api(server)->free_memory(id);
    }
    return id != NULL;
}
