#include "program/output/terminal.h"

#include "base/i18n.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

enum { USUAL_WIDTH = 80, LEAST_WIDTH = 40, MOST_WIDTH = 1000 };

bool cf_terminal_is_log(FILE *file)
{
    uv_fs_t request;
    char own[64] = "";
    const char *stream = getenv("JOURNAL_STREAM");
    if (stream && uv_fs_fstat(NULL, &request, fileno(file), NULL) == 0)
        (void)snprintf(own, sizeof own, "%llu:%llu", (unsigned long long)request.statbuf.st_dev,
                       (unsigned long long)request.statbuf.st_ino);
    if (stream)
        uv_fs_req_cleanup(&request);
    return stream && strcmp(stream, own) == 0;
}

static unsigned asked_or_told(FILE *file)
{
    unsigned width = cf_terminal_asked_width(file);
    if (width)
        return width;
    const char *columns = getenv("COLUMNS");
    return columns ? (unsigned)strtoul(columns, NULL, 10) : 0;
}

unsigned cf_terminal_width(FILE *file)
{
    unsigned width = asked_or_told(file);
    if (width == 0 || width > MOST_WIDTH)
        return cf_terminal_is(file) ? USUAL_WIDTH : 0;
    return width < LEAST_WIDTH ? LEAST_WIDTH : width;
}

bool cf_terminal_colour(FILE *file)
{
    const char *no = getenv("NO_COLOR");
    return cf_terminal_is(file) && !(no && *no) && cf_terminal_takes_colour(file);
}

int cf_terminal_close(FILE *file, struct cf_error *err)
{
    if (ferror(file)) { /* what stood in the way some time ago says so again */
        clearerr(file);
        (void)fputc('\n', file);
        errno = 0;
        (void)fflush(file);
    } else if (fflush(file) == 0) {
        return CF_OK;
    }
    if (errno == EPIPE)
        return CF_OK;
    return cf_error_set(err, CF_FAILED, _("the output could not be written: %s"), strerror(errno));
}
