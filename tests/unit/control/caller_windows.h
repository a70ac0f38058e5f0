/* Who calls a server in the tests: by a pipe, whose writings go on by themselves. */
#ifndef CF_TESTS_CONTROL_CALLER_WINDOWS_H
#define CF_TESTS_CONTROL_CALLER_WINDOWS_H

#include <windows.h>

enum { RIG_CALLERS = 64, RIG_PIECE = 65536 };

static struct rig_caller {
    HANDLE pipe; /* NULL: this place is free */
    OVERLAPPED writing;
    bool is_writing;
    char piece[RIG_PIECE]; /* being written */
    char came[RIG_PIECE];  /* read, and not yet asked for */
    int at, length;
} rig_callers[RIG_CALLERS];

static inline void rig_make_place(char *folder, char *path, size_t size)
{
    folder[0] = '\0';
    (void)snprintf(path, size, "\\\\.\\pipe\\curfew-test-%lu", GetCurrentProcessId());
}

static inline void rig_remove_place(const char *folder, const char *path)
{
    (void)folder, (void)path;
}

static inline int rig_dial(void)
{
    const DWORD rights = FILE_GENERIC_READ | FILE_WRITE_DATA | FILE_WRITE_ATTRIBUTES;
    int at = 0;
    HANDLE pipe;
    while (rig_callers[at].pipe)
        assert_true(++at < RIG_CALLERS);
    while ((pipe = CreateFileA(rig.path, rights, 0, NULL, OPEN_EXISTING,
                               FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION,
                               NULL)) == INVALID_HANDLE_VALUE) {
        assert_int_equal(GetLastError(), ERROR_PIPE_BUSY); /* until the server has taken those before */
        rig_pass((struct cf_span){1000});
    }
    struct rig_caller *caller = &rig_callers[at];
    caller->pipe = pipe;
    caller->is_writing = false;
    caller->at = caller->length = 0;
    caller->writing = (OVERLAPPED){.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
    assert_non_null(caller->writing.hEvent);
    rig_pass((struct cf_span){1000}); /* accepting has its pace */
    return at;
}

static inline void rig_hang_up(int at)
{
    struct rig_caller *caller = &rig_callers[at];
    DWORD written;
    if (caller->is_writing && CancelIo(caller->pipe))
        (void)GetOverlappedResult(caller->pipe, &caller->writing, &written, TRUE);
    (void)CloseHandle(caller->pipe);
    (void)CloseHandle(caller->writing.hEvent);
    caller->pipe = NULL;
}

enum { RIG_GONE = -1 };

/* How many bytes went out: 0 where there is no room now. */
static inline int rig_try_send(int at, const char *bytes, size_t length)
{
    struct rig_caller *caller = &rig_callers[at];
    DWORD written;
    if (caller->is_writing && !GetOverlappedResult(caller->pipe, &caller->writing, &written, FALSE))
        return GetLastError() == ERROR_IO_INCOMPLETE ? 0 : RIG_GONE;
    length = length < RIG_PIECE ? length : RIG_PIECE;
    memcpy(caller->piece, bytes, length);
    caller->is_writing = WriteFile(caller->pipe, caller->piece, (DWORD)length, NULL, &caller->writing) ||
                         GetLastError() == ERROR_IO_PENDING;
    return caller->is_writing ? (int)length : RIG_GONE;
}

enum { RIG_NOT_YET = -1 };

/* What is there after the other end has closed can still be read, but not always be seen. */
static inline int rig_read(struct rig_caller *caller)
{
    OVERLAPPED reading = {.hEvent = NULL};
    DWORD there = 0, length = 0;
    if (PeekNamedPipe(caller->pipe, NULL, 0, NULL, &there, NULL) && !there)
        return RIG_NOT_YET;
    reading.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    assert_non_null(reading.hEvent);
    BOOL begun = ReadFile(caller->pipe, caller->came, RIG_PIECE, NULL, &reading);
    if ((!begun && GetLastError() != ERROR_IO_PENDING) ||
        !GetOverlappedResult(caller->pipe, &reading, &length, TRUE))
        length = 0;
    (void)CloseHandle(reading.hEvent);
    return (int)length;
}

/* How many bytes came: 0 where the other end has closed, RIG_NOT_YET where there are none. */
static inline int rig_try_receive(int at, char *bytes, size_t room)
{
    struct rig_caller *caller = &rig_callers[at];
    if (caller->at == caller->length) {
        int length = rig_read(caller);
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

#endif
