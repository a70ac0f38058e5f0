#include "program/setup/control_client.h"

#include "base/file_open.h"
#include "base/i18n.h"
#include "program/output/paragraph.h"

#include <errno.h>
#include <string.h>
#include <uv.h>

static void print(const struct cf_telling *telling, const json_t *answer)
{
    const char *text = json_string_value(answer);
    while (text && *text) {
        size_t length = strcspn(text, "\n");
        cf_say(telling->out, "%.*s", (int)length, text);
        text += length + (text[length] == '\n');
    }
}

static void remove_file(const char *path)
{
    uv_fs_t request;
    (void)uv_fs_unlink(NULL, &request, path, NULL);
    uv_fs_req_cleanup(&request);
}

/* 0, or libuv's. */
static int rename_file(const char *from, const char *to)
{
    uv_fs_t request;
    int status = uv_fs_rename(NULL, &request, from, to, NULL);
    uv_fs_req_cleanup(&request);
    return status;
}

/* What reads the file sees the old one or the new one, whole. */
static int replace(const struct cf_args *args, const char *path, const char *beside, struct cf_error *err)
{
    remove_file(beside); /* of a run that was killed, or somebody's link: the folder may be another's */
    FILE *file = cf_file_stream(beside, "wbx");
    if (!file)
        return cf_error_set(err, CF_FAILED, _("%s cannot be written: %s"), beside, strerror(errno));
    int code = cf_control_client_ask(args, NULL, print, file, NULL, err);
    bool written = fclose(file) == 0;
    int status = code == CF_OK && written ? rename_file(beside, path) : 0;
    if (code == CF_OK && (!written || status))
        code = cf_error_set(err, CF_FAILED, _("%s cannot be written: %s"), path,
                            status ? uv_strerror(status) : strerror(errno));
    if (code != CF_OK)
        remove_file(beside);
    return code;
}

static int metrics(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    const char *path = cf_args_value(args, "output");
    if (!path)
        return cf_control_client_ask(args, NULL, print, out, NULL, err);
    struct cf_buffer beside = {0};
    cf_buffer_printf(&beside, "%s.new", path);
    int code = replace(args, path, beside.data, err);
    cf_buffer_finish(&beside);
    return code;
}

static const struct cf_option_group where = {
    "Where",
    (const struct cf_option[]){
        {"socket", "PATH", "where the engine listens (" CF_CONTROL_PLACE ")"},
        {"output", "FILE", "into this file, which is replaced whole: for node_exporter's textfile collector"},
        {0},
    },
};

const struct cf_verb cf_verb_metrics = {
    .name = "metrics",
    .summary = "print what the running curfew has counted, for Prometheus",
    .usage = (const char *const[]){"[--output FILE]", NULL},
    .about =
        "Prints sessions by state, decisions by policy, refusals by reason, the host's answers and the time "
        "they "
        "took, failed runs, wake-ups and evaluations, in Prometheus' text format. For administrators.",
    .groups = (const struct cf_option_group *const[]){&where, NULL},
    .run = metrics,
};
