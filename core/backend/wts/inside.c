#include "wts/inside.h"

#include "agent/lines.h"

#include <stdio.h>
#include <string.h>
#include <winsock2.h> /* and windows.h with it */

enum { DONE = 0, LOST = 1, WRONG_USAGE = 2 };

/* Milliseconds are counted in 32 bits, and round: what is older than 49 days looks newer. 0 is no input. */
static struct cf_span read_idle(void)
{
    LASTINPUTINFO last = {.cbSize = sizeof last};
    if (!GetLastInputInfo(&last) || !last.dwTime)
        return (struct cf_span){CF_UNKNOWN_US};
    return (struct cf_span){(int64_t)(DWORD)(GetTickCount() - last.dwTime) * 1000};
}

static bool write_all(HANDLE pipe, const struct cf_buffer *text)
{
    for (DWORD at = 0, written; at < text->length; at += written)
        if (!WriteFile(pipe, text->data + at, (DWORD)text->length - at, &written, NULL))
            return false;
    return true;
}

/* The engine asks for nothing but this. */
static bool obey(HANDLE pipe, const char *line, size_t length)
{
    struct cf_agent_order_line order;
    json_t *object = NULL;
    struct cf_buffer text = {0};
    bool fine = cf_agent_order_read(line, length, &order, &object) && order.verb == CF_AGENT_READ;
    if (fine) {
        struct cf_agent_answer answer = {.id = order.id, .word = CF_AGENT_SAYS_STATE, .idle = read_idle()};
        answer.source = cf_span_known(answer.idle) ? CF_AGENT_WINDOWS : CF_AGENT_NOWHERE;
        cf_agent_answer_write(&text, &answer);
        fine = write_all(pipe, &text);
    }
    json_decref(object);
    cf_buffer_finish(&text);
    return fine;
}

int cf_wts_inside_run(void)
{
    HANDLE pipe = GetStdHandle(STD_INPUT_HANDLE);
    static char input[CF_AGENT_ORDER_LINE];
    DWORD length = 0, more;
    bool welcome = true; /* the first line tells of the session, which is known here */
    if (GetFileType(pipe) != FILE_TYPE_PIPE) {
        (void)fputs("curfew: only its service begins this\n", stderr);
        return WRONG_USAGE;
    }
    while (length < sizeof input && ReadFile(pipe, input + length, sizeof input - length, &more, NULL) &&
           more) {
        length += more;
        for (char *end; (end = memchr(input, '\n', length)); welcome = false) {
            size_t line = (size_t)(end - input) + 1;
            if (!welcome && !obey(pipe, input, line))
                return LOST;
            length -= (DWORD)line;
            memmove(input, input + line, length);
        }
    }
    return DONE;
}
