#include "program/asking.h"

#include <errno.h>
#include <string.h>

/* What reads the file sees the old one or the new one, whole. */
static int replace(const char *path, const char *text, struct cf_error *err)
{
    struct cf_buffer beside = {0};
    cf_buffer_printf(&beside, "%s.new", path);
    FILE *file = fopen(beside.data, "wb");
    bool fine = file && fputs(text, file) >= 0;
    fine = file && fclose(file) == 0 && fine;
    fine = fine && rename(beside.data, path) == 0;
    int code = fine ? CF_OK : cf_error_set(err, CF_FAILED, "%s cannot be written: %s", path, strerror(errno));
    cf_buffer_finish(&beside);
    return code;
}

static int metrics(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    static const char *const words[] = {NULL};
    const char *path = cf_args_value(args, "output");
    json_t *answer = NULL;
    int code = cf_asking_ask(args, "metrics", words, &answer, err);
    const char *text = json_string_value(answer);
    if (code == CF_OK && path)
        code = replace(path, text ? text : "", err);
    else if (code == CF_OK)
        (void)fputs(text ? text : "", out);
    json_decref(answer);
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
        "Prints sessions by state, decisions by policy, refusals by reason, the host's answers and the time they "
        "took, failed runs, wake-ups and evaluations, in Prometheus' text format. For administrators.",
    .groups = (const struct cf_option_group *const[]){&where, NULL},
    .run = metrics,
};
