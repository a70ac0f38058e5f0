/* By a pipe, whose writings go on by themselves. */
#include "server_fixture.h"

#include <windows.h>

enum { CALLERS = 64, PIECE = 65536 };

static struct caller {
    HANDLE pipe; /* NULL: this place is free */
    OVERLAPPED writing;
    bool is_writing;
    char piece[PIECE]; /* being written */
    char came[PIECE];  /* read, and not yet asked for */
    int at, length;
} callers[CALLERS];

int caller_dial(void)
{
    const DWORD rights = FILE_GENERIC_READ | FILE_WRITE_DATA | FILE_WRITE_ATTRIBUTES;
    int at = 0;
    HANDLE pipe;
    while (callers[at].pipe)
        assert_true(++at < CALLERS);
    while ((pipe = CreateFileA(server.path, rights, 0, NULL, OPEN_EXISTING,
                               FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION,
                               NULL)) == INVALID_HANDLE_VALUE) {
        assert_int_equal(GetLastError(), ERROR_PIPE_BUSY); /* until the server has taken those before */
        server_pass((struct cf_span){1000});
    }
    struct caller *caller = &callers[at];
    caller->pipe = pipe;
    caller->is_writing = false;
    caller->at = caller->length = 0;
    caller->writing = (OVERLAPPED){.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
    assert_non_null(caller->writing.hEvent);
    server_pass((struct cf_span){1000}); /* accepting has its pace */
    return at;
}

void caller_hang_up(int at)
{
    struct caller *caller = &callers[at];
    DWORD written;
    if (caller->is_writing && CancelIo(caller->pipe))
        (void)GetOverlappedResult(caller->pipe, &caller->writing, &written, TRUE);
    (void)CloseHandle(caller->pipe);
    (void)CloseHandle(caller->writing.hEvent);
    caller->pipe = NULL;
}

int caller_try_send(int at, const char *bytes, size_t length)
{
    struct caller *caller = &callers[at];
    DWORD written;
    if (caller->is_writing && !GetOverlappedResult(caller->pipe, &caller->writing, &written, FALSE))
        return GetLastError() == ERROR_IO_INCOMPLETE ? 0 : CALLER_GONE;
    length = length < PIECE ? length : PIECE;
    memcpy(caller->piece, bytes, length);
    caller->is_writing = WriteFile(caller->pipe, caller->piece, (DWORD)length, NULL, &caller->writing) ||
                         GetLastError() == ERROR_IO_PENDING;
    return caller->is_writing ? (int)length : CALLER_GONE;
}

/* What is there after the other end has closed can still be read, but not always be seen. */
static int read_more(struct caller *caller)
{
    OVERLAPPED reading = {.hEvent = NULL};
    DWORD there = 0, length = 0;
    if (PeekNamedPipe(caller->pipe, NULL, 0, NULL, &there, NULL) && !there)
        return CALLER_NOT_YET;
    reading.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    assert_non_null(reading.hEvent);
    BOOL begun = ReadFile(caller->pipe, caller->came, PIECE, NULL, &reading);
    if ((!begun && GetLastError() != ERROR_IO_PENDING) ||
        !GetOverlappedResult(caller->pipe, &reading, &length, TRUE))
        length = 0;
    (void)CloseHandle(reading.hEvent);
    return (int)length;
}

int caller_try_receive(int at, char *bytes, size_t room)
{
    struct caller *caller = &callers[at];
    if (caller->at == caller->length) {
        int length = read_more(caller);
        if (length <= 0)
            return length;
        caller->at = 0;
        caller->length = length;
    }
    size_t left = (size_t)(caller->length - caller->at), part = left < room ? left : room;
    memcpy(bytes, caller->came + caller->at, part);
    caller->at += (int)part;
    return (int)part;
}

void *caller_pipe(int at)
{
    return callers[at].pipe;
}
