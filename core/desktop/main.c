/*
 * curfew-agent: speaks for a desktop's session to the engine: when there was input, and what is to be shown.
 * A program of its own, so that curfew needs no library of a desktop, and each desktop few pages of memory.
 */
#include "base/log.h"
#include "desktop/agent.h"
#include "desktop/dialog.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#define SOCKET "/run/curfew/control"

static const char usage[] =
    "usage: curfew-agent [--socket PATH]\n"
    "\n"
    "Speaks for this desktop to curfew: tells it of input, and shows its warnings. Desktops start it by\n"
    "themselves.\n"
    "\n"
    "  --socket PATH  where curfew answers; as a rule at " SOCKET "\n"
    "  --help         print this\n";

enum { SIGNALS = 2, WRONG_USAGE = 2 };

static void on_signal(uv_signal_t *handle, int number)
{
    (void)number;
    cf_loop_stop(handle->data);
}

static int run(const char *path)
{
    struct cf_loop *loop;
    struct cf_error err;
    uv_signal_t signals[SIGNALS];
    static const int numbers[SIGNALS] = {SIGINT, SIGTERM};
    if (cf_loop_create(&loop, &err) != CF_OK) {
        cf_log_error(&err);
        return 1;
    }
    (void)signal(SIGPIPE, SIG_IGN); /* an engine that has gone is found by reading */
    struct cf_desktop_agent *agent = cf_desktop_agent_create(loop, path);
    for (int i = 0; i < SIGNALS; i++) {
        (void)uv_signal_init(cf_loop_uv(loop), &signals[i]);
        signals[i].data = loop;
        (void)uv_signal_start(&signals[i], on_signal, numbers[i]);
    }
    cf_loop_run(loop);
    for (int i = 0; i < SIGNALS; i++)
        uv_close((uv_handle_t *)&signals[i], NULL);
    cf_desktop_agent_destroy(agent);
    cf_loop_destroy(loop);
    return 0;
}

int main(int count, char **words)
{
    cf_log_set_name("curfew-agent");
    if (count == 3 && strcmp(words[1], "--socket") == 0)
        return run(words[2]);
    if (count == 1)
        return run(SOCKET);
    if (count > 3 && strcmp(words[1], CF_DIALOG_WORD) == 0)
        return cf_dialog_become(words[2], words + 3);
    bool help = count == 2 && strcmp(words[1], "--help") == 0;
    (void)fputs(usage, help ? stdout : stderr);
    return help ? 0 : WRONG_USAGE;
}
