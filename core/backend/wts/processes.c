#include "wts/processes.h"

#include "base/memory.h"
#include "base/text.h"
#include "wts/utf16.h"

#include <sddl.h>
#include <stdlib.h>
#include <string.h>

/* S-1-5-21-…: of a domain or of this machine; S-1-12-1-…: of Entra. All others are Windows' own. */
static bool is_person(const char *sid)
{
    return sid && (strncmp(sid, "S-1-5-21-", 9) == 0 || strncmp(sid, "S-1-12-1-", 9) == 0);
}

static char *sid_of(PSID owner)
{
    WCHAR *wide = NULL;
    if (!owner || !ConvertSidToStringSidW(owner, &wide))
        return NULL;
    char *text = cf_utf8_of(wide);
    (void)LocalFree(wide);
    return text;
}

static DWORD enumerate(const struct cf_wts_server *server, DWORD session, struct cf_wts_process **ret_rows,
                       DWORD *ret_count)
{
    DWORD level = 1;
    WCHAR *rows = NULL;
    *ret_count = 0;
    if (!cf_wts_server_api(server)->enumerate_processes(cf_wts_server_handle(server), &level, session, &rows,
                                                        ret_count))
        return GetLastError();
    *ret_rows = (struct cf_wts_process *)(void *)rows;
    return 0;
}

static void release(const struct cf_wts_server *server, struct cf_wts_process *rows, DWORD count)
{
    if (rows)
        (void)cf_wts_server_api(server)->free_rows(CF_WTS_TYPE_PROCESS_1, rows, count);
}

static void add_once(char **list, size_t *count, const char *name)
{
    for (size_t i = 0; i < *count; i++)
        if (strcmp(list[i], name) == 0)
            return;
    list[(*count)++] = cf_strdup(name);
}

static void add_programs(char **list, size_t *count, const char *name)
{
    size_t length = strlen(name);
    add_once(list, count, name);
    if (length <= 4 || _stricmp(name + length - 4, ".exe") != 0)
        return;
    char *stem = cf_strdup(name);
    stem[length - 4] = '\0';
    add_once(list, count, stem);
    free(stem);
}

static void take(struct cf_wts_processes *into, const struct cf_wts_process *row, size_t *count,
                 size_t *programs)
{
    char *name = cf_utf8_of(row->name), *sid = sid_of(row->owner);
    struct cf_buffer entry = {0};
    cf_buffer_printf(&entry, "%lu %s", row->id, name ? name : "?");
    into->list[(*count)++] = entry.data;
    if (name)
        add_programs(into->programs, programs, name);
    if (!into->sid && is_person(sid))
        into->sid = cf_strdup(sid);
    into->cpu += (row->user_time.QuadPart + row->kernel_time.QuadPart) / 10;
    free(name);
    free(sid);
}

DWORD cf_wts_processes_read(const struct cf_wts_server *server, DWORD session,
                            struct cf_wts_processes *ret_processes)
{
    struct cf_wts_process *rows = NULL;
    DWORD all, error = enumerate(server, session, &rows, &all);
    size_t count = 0, programs = 0;
    if (!error && all > CF_WTS_PROCESSES_MOST)
        error = ERROR_MORE_DATA;
    if (!error) {
        *ret_processes = (struct cf_wts_processes){
            .list = cf_alloc(((size_t)all + 1) * sizeof(char *)),
            .programs = cf_alloc((2 * (size_t)all + 1) * sizeof(char *)),
        };
        for (DWORD i = 0; i < all; i++)
            if (rows[i].session == session)
                take(ret_processes, &rows[i], &count, &programs);
    }
    release(server, rows, all);
    return error;
}

void cf_wts_processes_finish(struct cf_wts_processes *processes)
{
    for (char **item = processes->list; item && *item; item++)
        free(*item);
    for (char **item = processes->programs; item && *item; item++)
        free(*item);
    free(processes->list);
    free(processes->programs);
    free(processes->sid);
    *processes = (struct cf_wts_processes){0};
}

DWORD cf_wts_processes_end(const struct cf_wts_server *server, DWORD session)
{
    struct cf_wts_process *rows = NULL;
    DWORD count, error = enumerate(server, session, &rows, &count);
    for (DWORD i = 0; !error && i < count; i++) {
        char *sid = sid_of(rows[i].owner);
        if (rows[i].session == session && is_person(sid))
            (void)cf_wts_server_api(server)->terminate_process(cf_wts_server_handle(server), rows[i].id, 1);
        free(sid);
    }
    release(server, rows, count);
    return error;
}
