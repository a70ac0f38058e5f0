#include "control/client.h"

#include "base/i18n.h"
#include "base/wide_windows.h"
#include "time/clock.h"

#include <stdlib.h>
#include <windows.h>

enum { CHUNK = 64 * 1024 };

/* All that the pipe's list of rights gives to everybody; with more asked for, opening it would be refused. */
#define RIGHTS (FILE_GENERIC_READ | FILE_WRITE_DATA | FILE_WRITE_ATTRIBUTES)

/* The engine may learn who we are, and act as us in nothing. */
#define CALLED (FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION)

struct asking {
    const char *path;
    HANDLE pipe;
    OVERLAPPED overlapped;
    struct cf_clock clock;
    struct cf_mono deadline;
};

static int late(const struct asking *asking, struct cf_error *err)
{
    return cf_error_set(err, CF_TIMEOUT,
                        _("the engine at %s does not answer in time; nobody knows whether it was done"),
                        asking->path);
}

static int lost(const struct asking *asking, struct cf_error *err)
{
    return cf_error_set(err, CF_UNAVAILABLE, _("the engine at %s went away without an answer"), asking->path);
}

static int failed(const struct asking *asking, enum cf_code code, struct cf_error *err)
{
    char *why = cf_windows_error(GetLastError());
    (void)cf_error_set(err, code, "%s: %s", asking->path, why);
    free(why);
    return code;
}

/* Milliseconds; 0: no more. */
static DWORD left(const struct asking *asking)
{
    struct cf_span rest = cf_mono_since(cf_clock_now(&asking->clock), asking->deadline);
    return rest.us > 0 ? (DWORD)(rest.us / 1000 + 1) : 0;
}

static int connect_to(struct asking *asking, struct cf_error *err)
{
    wchar_t *path = cf_wide(asking->path);
    DWORD why = 0;
    do {
        asking->pipe = CreateFileW(path, RIGHTS, 0, NULL, OPEN_EXISTING, CALLED, NULL);
        why = asking->pipe == INVALID_HANDLE_VALUE ? GetLastError() : 0;
    } while (why == ERROR_PIPE_BUSY && left(asking) && WaitNamedPipeW(path, left(asking)));
    free(path);
    switch (why) {
    case 0: return CF_OK;
    case ERROR_FILE_NOT_FOUND:
        return cf_error_set(err, CF_UNAVAILABLE, _("no engine is running at %s: curfew run starts one"),
                            asking->path);
    case ERROR_ACCESS_DENIED:
        return cf_error_set(err, CF_DENIED, _("you may not talk to the engine at %s"), asking->path);
    case ERROR_PIPE_BUSY:
    case ERROR_SEM_TIMEOUT: return late(asking, err);
    default: return failed(asking, CF_UNAVAILABLE, err);
    }
}

/* Waits for the reading or writing under way; one that comes too late is called off. */
static int finish(struct asking *asking, BOOL begun, DWORD *ret_length, struct cf_error *err)
{
    if (!begun && GetLastError() != ERROR_IO_PENDING)
        return lost(asking, err);
    if (WaitForSingleObject(asking->overlapped.hEvent, left(asking)) != WAIT_OBJECT_0) {
        (void)CancelIo(asking->pipe);
        (void)GetOverlappedResult(asking->pipe, &asking->overlapped, ret_length, TRUE);
        return late(asking, err);
    }
    return GetOverlappedResult(asking->pipe, &asking->overlapped, ret_length, FALSE) ? CF_OK
                                                                                     : lost(asking, err);
}

/* Whoever does not listen to the end may have answered all the same. */
static int send_line(struct asking *asking, const struct cf_buffer *line, struct cf_error *err)
{
    for (size_t sent = 0; sent < line->length;) {
        DWORD length = 0;
        BOOL begun = WriteFile(asking->pipe, line->data + sent, (DWORD)(line->length - sent), NULL,
                               &asking->overlapped);
        int code = finish(asking, begun, &length, err);
        if (code != CF_OK)
            return code == CF_UNAVAILABLE ? CF_OK : code;
        sent += length;
    }
    return CF_OK;
}

static int receive_line(struct asking *asking, struct cf_buffer *line, struct cf_error *err)
{
    char chunk[CHUNK];
    while (!line->length || line->data[line->length - 1] != '\n') {
        DWORD length = 0;
        BOOL begun = ReadFile(asking->pipe, chunk, sizeof chunk, NULL, &asking->overlapped);
        int code = finish(asking, begun, &length, err);
        if (code != CF_OK)
            return code;
        if (length == 0)
            return lost(asking, err);
        cf_buffer_add(line, chunk, length);
        if (line->length > CF_CONTROL_REPLY)
            return cf_error_set(err, CF_FAILED, _("%s: the answer is longer than %d MiB"), asking->path,
                                CF_CONTROL_REPLY >> 20);
    }
    return CF_OK;
}

int cf_control_ask(const char *path, struct cf_span limit, const char *verb, const char *const *words,
                   json_t **ret_result, struct cf_error *err)
{
    struct asking asking = {.path = path, .pipe = INVALID_HANDLE_VALUE};
    asking.overlapped.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (!asking.overlapped.hEvent)
        return failed(&asking, CF_FAILED, err);
    cf_clock_init_system(&asking.clock);
    asking.deadline = cf_mono_add(cf_clock_now(&asking.clock), limit);
    struct cf_buffer line = {0};
    cf_control_request_write(&line, 1, verb, words);
    int code = connect_to(&asking, err);
    if (code == CF_OK)
        code = send_line(&asking, &line, err);
    cf_buffer_clear(&line);
    if (code == CF_OK)
        code = receive_line(&asking, &line, err);
    if (code == CF_OK)
        code = cf_control_reply_read(line.data, line.length, ret_result, err);
    cf_buffer_finish(&line);
    if (asking.pipe != INVALID_HANDLE_VALUE)
        (void)CloseHandle(asking.pipe);
    (void)CloseHandle(asking.overlapped.hEvent);
    return code;
}
