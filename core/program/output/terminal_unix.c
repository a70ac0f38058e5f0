#include "program/output/terminal_system.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <uv.h>

bool cf_terminal_is(FILE *file)
{
    return uv_guess_handle(fileno(file)) == UV_TTY;
}

unsigned cf_terminal_asked_width(FILE *file)
{
    struct winsize size;
    return ioctl(fileno(file), TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

bool cf_terminal_takes_colour(FILE *file)
{
    const char *kind = getenv("TERM");
    (void)file;
    return !(kind && strcmp(kind, "dumb") == 0);
}

void cf_terminal_flush(void)
{
}

void cf_terminal_open_standard(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/dev/null", O_RDWR) < 0)
            (void)open("/", O_RDONLY | O_DIRECTORY); /* without a /dev: taken is what counts */
}

void cf_terminal_ignore_broken_pipes(void)
{
    (void)signal(SIGPIPE, SIG_IGN);
}
