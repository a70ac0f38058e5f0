#include "control/connection.h"

#include "base/i18n.h"
#include "base/memory.h"
#include "base/wide_windows.h"

#include <stdlib.h>
#include <windows.h>

/* All that the pipe's list of rights gives to everybody; with more asked for, opening it would be refused. */
#define RIGHTS (FILE_GENERIC_READ | FILE_WRITE_DATA | FILE_WRITE_ATTRIBUTES)

/* The engine may learn who we are, and act as us in nothing. */
#define CALLED (FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION)

struct cf_connection {
    const struct cf_exchange *exchange;
    HANDLE pipe;
    OVERLAPPED overlapped;
};

static int failed(const struct cf_exchange *exchange, enum cf_code code, struct cf_error *err)
{
    char *why = cf_windows_error(GetLastError());
    (void)cf_error_set(err, code, "%s: %s", exchange->path, why);
    free(why);
    return code;
}

/* Milliseconds; 0: no more. */
static DWORD left(const struct cf_exchange *exchange)
{
    struct cf_span rest = cf_exchange_left(exchange);
    return rest.us > 0 ? (DWORD)(rest.us / 1000 + 1) : 0;
}

static int connect_to(struct cf_connection *connection, struct cf_error *err)
{
    const struct cf_exchange *exchange = connection->exchange;
    wchar_t *path = cf_wide(exchange->path);
    DWORD why = 0;
    do {
        connection->pipe = CreateFileW(path, RIGHTS, 0, NULL, OPEN_EXISTING, CALLED, NULL);
        why = connection->pipe == INVALID_HANDLE_VALUE ? GetLastError() : 0;
    } while (why == ERROR_PIPE_BUSY && left(exchange) && WaitNamedPipeW(path, left(exchange)));
    free(path);
    switch (why) {
    case 0: return CF_OK;
    case ERROR_FILE_NOT_FOUND: return cf_exchange_no_engine(exchange, err);
    case ERROR_ACCESS_DENIED:
        return cf_error_set(err, CF_DENIED, _("you may not talk to the engine at %s"), exchange->path);
    case ERROR_PIPE_BUSY:
    case ERROR_SEM_TIMEOUT: return cf_exchange_late(exchange, err);
    default: return failed(exchange, CF_UNAVAILABLE, err);
    }
}

int cf_connection_open(const struct cf_exchange *exchange, struct cf_connection **ret_connection,
                       struct cf_error *err)
{
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (!event)
        return failed(exchange, CF_FAILED, err);
    struct cf_connection *connection = cf_alloc(sizeof *connection);
    *connection = (struct cf_connection){
        .exchange = exchange, .pipe = INVALID_HANDLE_VALUE, .overlapped.hEvent = event};
    int code = connect_to(connection, err);
    if (code == CF_OK)
        *ret_connection = connection;
    else
        cf_connection_close(connection);
    return code;
}

void cf_connection_close(struct cf_connection *connection)
{
    if (connection->pipe != INVALID_HANDLE_VALUE)
        (void)CloseHandle(connection->pipe);
    (void)CloseHandle(connection->overlapped.hEvent);
    free(connection);
}

/* Waits for the reading or writing under way; one that comes too late is called off. */
static int finish(struct cf_connection *connection, BOOL begun, DWORD *ret_length, struct cf_error *err)
{
    OVERLAPPED *overlapped = &connection->overlapped;
    if (!begun && GetLastError() != ERROR_IO_PENDING)
        return cf_exchange_lost(connection->exchange, err);
    if (WaitForSingleObject(overlapped->hEvent, left(connection->exchange)) != WAIT_OBJECT_0) {
        (void)CancelIo(connection->pipe);
        (void)GetOverlappedResult(connection->pipe, overlapped, ret_length, TRUE);
        return cf_exchange_late(connection->exchange, err);
    }
    return GetOverlappedResult(connection->pipe, overlapped, ret_length, FALSE)
               ? CF_OK
               : cf_exchange_lost(connection->exchange, err);
}

int cf_connection_send(struct cf_connection *connection, const char *bytes, size_t length,
                       struct cf_error *err)
{
    while (length) {
        DWORD sent = 0;
        BOOL begun = WriteFile(connection->pipe, bytes, (DWORD)length, NULL, &connection->overlapped);
        int code = finish(connection, begun, &sent, err);
        if (code != CF_OK)
            return code == CF_UNAVAILABLE ? CF_OK : code;
        bytes += sent, length -= sent;
    }
    return CF_OK;
}

int cf_connection_receive(struct cf_connection *connection, char *chunk, size_t room, size_t *ret_length,
                          struct cf_error *err)
{
    DWORD length = 0;
    BOOL begun = ReadFile(connection->pipe, chunk, (DWORD)room, NULL, &connection->overlapped);
    int code = finish(connection, begun, &length, err);
    if (code != CF_OK)
        return code;
    if (length == 0)
        return cf_exchange_lost(connection->exchange, err);
    *ret_length = length;
    return CF_OK;
}
