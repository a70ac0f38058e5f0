/*
 * A console takes UTF-16, whatever its code page; what we print is UTF-8 by the C library. So where standard
 * output or error is a console, it becomes a pipe of our own, and a thread writes what comes through it to
 * the console. Files and pipes get UTF-8 as it is, lines ending as everywhere.
 */
#include "base/memory.h"
#include "base/wide_windows.h"
#include "program/output/terminal_system.h"

#include <fcntl.h>
#include <io.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

enum { ROOM = 4096, PIPE = 65536 };

static struct {
    bool is[3], colour; /* by descriptor */
    HANDLE out;         /* the console's screen */
    int from;           /* our end of the pipe */
    HANDLE thread;      /* NULL: neither is a console */
} console;

/* How much of the bytes is whole characters: one may have come in part. */
static size_t whole(const char *bytes, size_t length)
{
    size_t lead = length;
    while (lead > 0 && length - lead < 4 && ((unsigned char)bytes[lead - 1] & 0xC0) == 0x80)
        lead--;
    if (lead == 0)
        return length;
    unsigned char first = (unsigned char)bytes[lead - 1];
    size_t wants = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
    return length - (lead - 1) < wants ? lead - 1 : length;
}

static void write_wide(const char *bytes, size_t length)
{
    wchar_t wide[ROOM];
    DWORD written;
    int count = MultiByteToWideChar(CP_UTF8, 0, bytes, (int)length, wide, ROOM);
    for (int done = 0; done < count; done += (int)written)
        if (!WriteConsoleW(console.out, wide + done, (DWORD)(count - done), &written, NULL) || !written)
            break;
}

static DWORD WINAPI carry(void *data)
{
    char bytes[ROOM];
    size_t length = 0;
    int got;
    (void)data;
    while ((got = _read(console.from, bytes + length, (unsigned)(ROOM - length))) > 0) {
        length += (size_t)got;
        size_t ready = whole(bytes, length);
        write_wide(bytes, ready);
        length -= ready;
        memmove(bytes, bytes + ready, length);
    }
    write_wide(bytes, length);
    return 0;
}

static bool is_console(int fd)
{
    DWORD mode;
    intptr_t handle = _get_osfhandle(fd);
    return handle != -1 && handle != -2 && GetConsoleMode((HANDLE)handle, &mode);
}

static void redirect(bool out, bool err)
{
    int ends[2];
    console.out = CreateFileW(L"CONOUT$", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE,
                              NULL, OPEN_EXISTING, 0, NULL);
    if (console.out == INVALID_HANDLE_VALUE || _pipe(ends, PIPE, _O_BINARY | _O_NOINHERIT) != 0)
        return;
    DWORD mode = 0;
    console.colour = GetConsoleMode(console.out, &mode) &&
                     SetConsoleMode(console.out, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
    console.from = ends[0];
    console.thread = CreateThread(NULL, 0, carry, NULL, 0, NULL);
    if (console.thread && out)
        (void)_dup2(ends[1], 1);
    if (console.thread && err)
        (void)_dup2(ends[1], 2);
    (void)_close(ends[1]);
}

void cf_terminal_open_standard(void)
{
    for (int fd = 0; fd <= 2; fd++) {
        if (_get_osfhandle(fd) < 0 && _open("NUL", _O_RDWR) < 0)
            continue; /* nothing to be done */
        console.is[fd] = is_console(fd);
        if (fd > 0)
            (void)_setmode(fd, _O_BINARY);
    }
    if (console.is[1] || console.is[2])
        redirect(console.is[1], console.is[2]);
    if (console.is[2])
        (void)setvbuf(stderr, NULL, _IONBF, 0);
}

bool cf_terminal_is(FILE *file)
{
    int fd = _fileno(file);
    return fd >= 0 && fd <= 2 ? console.is[fd] : is_console(fd);
}

unsigned cf_terminal_asked_width(FILE *file)
{
    CONSOLE_SCREEN_BUFFER_INFO screen;
    if (!cf_terminal_is(file) || !console.out || !GetConsoleScreenBufferInfo(console.out, &screen))
        return 0;
    return (unsigned)(screen.srWindow.Right - screen.srWindow.Left + 1);
}

bool cf_terminal_takes_colour(FILE *file)
{
    (void)file;
    return console.colour;
}

/* A reader who went away is an error of that write. */
void cf_terminal_ignore_broken_pipes(void)
{
}

void cf_terminal_flush(void)
{
    if (!console.thread)
        return;
    (void)fflush(stdout);
    (void)fflush(stderr);
    for (int fd = 1; fd <= 2; fd++)
        if (console.is[fd])
            (void)_close(fd);
    (void)WaitForSingleObject(console.thread, INFINITE);
    (void)CloseHandle(console.thread);
    console.thread = NULL;
}
