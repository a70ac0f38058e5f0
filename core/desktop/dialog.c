#include "desktop/dialog.h"

#include "base/memory.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { WORDS = 10, YES = 0, XMESSAGE_YES = 2 /* of --buttons */ };

/* A dialog that cannot be shown ends at once, with a word on standard error. */
#define SETTLED ((struct cf_span){400000})

struct cf_dialog {
    struct cf_loop *loop;
    struct cf_dialog_calls calls;
    char *title, *text, *button;
    size_t tried;
    uv_process_t process;
    struct cf_timer settled;
    bool running, shown, closed;
};

/* The words of its command line; those borrowed from `dialog` last as long as it does. */
typedef void cf_dialog_words(const struct cf_dialog *dialog, const char *words[WORDS]);

static void words_of_zenity(const struct cf_dialog *dialog, const char *words[WORDS])
{
    const char *all[] = {"zenity", "--warning",  "--no-markup", "--title",      dialog->title,
                         "--text", dialog->text, "--ok-label",  dialog->button, NULL};
    memcpy(words, all, sizeof all);
}

static void words_of_kdialog(const struct cf_dialog *dialog, const char *words[WORDS])
{
    const char *all[] = {"kdialog",      "--title", dialog->title, "--ok-label",
                         dialog->button, "--sorry", dialog->text,  NULL};
    memcpy(words, all, sizeof all);
}

/* Its label may hold neither a comma nor a colon: they part buttons. */
static void words_of_xmessage(const struct cf_dialog *dialog, const char *words[WORDS])
{
    static char buttons[128];
    (void)snprintf(buttons, sizeof buttons, "%.*s:%d", (int)strcspn(dialog->button, ",:"), dialog->button,
                   XMESSAGE_YES);
    const char *all[] = {"xmessage", "-center", "-title",     dialog->title,
                         "-buttons", buttons,   dialog->text, NULL};
    memcpy(words, all, sizeof all);
}

static const struct {
    cf_dialog_words *words;
    int yes; /* the exit status of a press on the button */
} programs[] = {{words_of_zenity, YES}, {words_of_kdialog, YES}, {words_of_xmessage, XMESSAGE_YES}};

enum { PROGRAMS = sizeof programs / sizeof programs[0] };

static void free_dialog(struct cf_dialog *dialog)
{
    free(dialog->title);
    free(dialog->text);
    free(dialog->button);
    free(dialog);
}

static void on_closed(uv_handle_t *handle)
{
    free_dialog(handle->data);
}

/* Whether libuv knows its handle: once it was asked to begin a program, whatever came of that. */
static bool has_handle(const struct cf_dialog *dialog)
{
    return uv_handle_get_type((const uv_handle_t *)&dialog->process) == UV_PROCESS;
}

static void finish(struct cf_dialog *dialog)
{
    cf_timer_stop(dialog->loop, &dialog->settled);
    if (has_handle(dialog))
        uv_close((uv_handle_t *)&dialog->process, on_closed);
    else
        free_dialog(dialog);
}

static void on_process_end(uv_process_t *process, int64_t status, int number)
{
    struct cf_dialog *dialog = process->data;
    bool pressed = !number && status == programs[dialog->tried - 1].yes;
    dialog->running = false;
    if (dialog->closed) {
        finish(dialog);
        return;
    }
    if (!dialog->shown && !pressed) { /* the program is there, but has no display */
        dialog->shown = true;
        dialog->calls.shown(dialog->calls.data, false);
    } else if (!dialog->shown) {
        dialog->calls.shown(dialog->calls.data, true);
    }
    dialog->calls.ended(dialog->calls.data, pressed);
    finish(dialog);
}

static void on_settled(struct cf_timer *timer)
{
    struct cf_dialog *dialog = timer->data;
    dialog->shown = true;
    dialog->calls.shown(dialog->calls.data, dialog->running);
    if (!dialog->running) { /* none of the programs is here */
        dialog->calls.ended(dialog->calls.data, false);
        finish(dialog);
    }
}

static bool is_installed(const char *program)
{
    const char *folders = getenv("PATH");
    char path[PATH_MAX];
    for (size_t length; folders && *folders; folders += length + (folders[length] != '\0')) {
        length = strcspn(folders, ":");
        (void)snprintf(path, sizeof path, "%.*s/%s", (int)length, folders, program);
        if (access(path, X_OK) == 0)
            return true;
    }
    return false;
}

/* By way of ourselves, so that it ends with us, whatever ends us. */
static bool begin(struct cf_dialog *dialog, const char *words[WORDS])
{
    enum { OURS = 3 };
    char parent[16];
    const char *all[OURS + WORDS] = {"curfew-agent", CF_DIALOG_WORD, parent};
    uv_process_options_t options = {
        .file = "/proc/self/exe", .args = (char **)(uintptr_t)all, .exit_cb = on_process_end};
    (void)snprintf(parent, sizeof parent, "%ld", (long)getpid());
    memcpy(all + OURS, words, WORDS * sizeof *words);
    return is_installed(words[0]) && uv_spawn(cf_loop_uv(dialog->loop), &dialog->process, &options) == 0;
}

int cf_dialog_become(const char *parent, char **words)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() == strtol(parent, NULL, 10)) /* else it has ended meanwhile */
        (void)execvp(words[0], words);
    return EXIT_FAILURE;
}

static void try_next(struct cf_dialog *dialog)
{
    const char *words[WORDS] = {NULL};
    while (!has_handle(dialog) && dialog->tried < PROGRAMS) { /* which serves once */
        programs[dialog->tried++].words(dialog, words);
        dialog->running = begin(dialog, words);
    }
    dialog->process.data = dialog;
    if (dialog->running)
        cf_timer_set(dialog->loop, &dialog->settled, cf_mono_add(cf_loop_now(dialog->loop), SETTLED));
    else
        cf_timer_defer(dialog->loop, &dialog->settled);
}

struct cf_dialog *cf_dialog_show(struct cf_loop *loop, const struct cf_agent_order_line *order,
                                 const struct cf_dialog_calls *calls)
{
    struct cf_dialog *dialog = cf_alloc(sizeof *dialog);
    *dialog = (struct cf_dialog){.loop = loop,
                                 .calls = *calls,
                                 .title = cf_strdup(order->title ? order->title : "curfew"),
                                 .text = cf_strdup(order->text),
                                 .button = cf_strdup(order->button ? order->button : "OK"),
                                 .settled = {.fire = on_settled, .data = dialog}};
    try_next(dialog);
    return dialog;
}

void cf_dialog_close(struct cf_dialog *dialog)
{
    if (!dialog)
        return;
    dialog->closed = true;
    cf_timer_stop(dialog->loop, &dialog->settled);
    if (dialog->running)
        (void)uv_process_kill(&dialog->process, SIGTERM); /* on_process_end follows */
    else
        finish(dialog);
}
