#include "program/hosts.h"
#include "program/listing.h"
#include "program/scene.h"
#include "program/session_table.h"
#include "program/terminal.h"

static const struct cf_option_group output = {
    "What to list",
    (const struct cf_option[]){
        {"backend", "NAME", "which host's sessions: logind (usual on Linux), sim"},
        {"json", NULL, "an object a line, with every field; null where it is unknown"},
        {"at", "TIME", "sim: when to look (12:00 of the scenario's first day); \"2026-03-02 17:30\""},
        {0},
    },
};

struct printing {
    struct cf_session_table table;
    struct cf_buffer text;
    bool json;
};

static void take_session(void *data, const struct cf_session *session, struct cf_mono now)
{
    struct printing *printing = data;
    if (printing->json)
        cf_session_json(session, now, &printing->text);
    else
        cf_session_table_add(&printing->table, session, now);
}

static int list(const struct cf_args *args, const struct cf_listing_setup *setup, const struct cf_zone *zone,
                FILE *out, struct cf_error *err)
{
    struct printing printing = {.table = {.zone = zone}, .json = cf_args_has(args, "json")};
    int code = cf_listing_run(setup, take_session, &printing, err);
    if (code == CF_OK && !printing.json)
        cf_session_table_print(&printing.table, cf_terminal_width(out), &printing.text);
    if (code == CF_OK && printing.text.length)
        (void)fwrite(printing.text.data, 1, printing.text.length, out);
    cf_session_table_finish(&printing.table);
    cf_buffer_finish(&printing.text);
    return code;
}

/* The first noon at or after the start, or what --at says. */
static int read_at(const struct cf_args *args, const struct cf_scene *scene, struct cf_span *ret_after,
                   struct cf_error *err)
{
    const struct cf_scenario *scenario = scene->scenario;
    const char *text = cf_args_value(args, "at");
    struct cf_civil noon = cf_zone_civil(scene->zone, scenario->start.us);
    noon = (struct cf_civil){.date = noon.date, .hour = 12};
    struct cf_instant at = {cf_zone_instant_us(scene->zone, noon)};
    int code = text ? cf_instant_parse(text, scene->zone, &at, err) : CF_OK;
    if (code)
        return cf_error_prefix(err, "--at"), code;
    int64_t after = at.us - scenario->start.us;
    if (text && (after < 0 || after > scenario->length_us))
        return cf_error_set(err, CF_USAGE, "--at %s lies outside the scenario's days", text);
    after = after < 0 ? 0 : after;
    *ret_after = (struct cf_span){after < scenario->length_us ? after : scenario->length_us};
    return CF_OK;
}

static int list_simulated(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    struct cf_scene scene;
    int code = cf_scene_read(args, &scene, err);
    if (code)
        return code;
    struct cf_listing_setup setup = {
        .backend = &cf_sim_ops,
        .backend_setup = &scene.sim,
        .is_virtual = true,
        .start = scene.scenario->start,
    };
    code = read_at(args, &scene, &setup.after, err);
    if (code == CF_OK)
        code = list(args, &setup, scene.zone, out, err);
    cf_scene_finish(&scene);
    return code;
}

static int sessions(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    static const char *const at[] = {"at", NULL};
    struct cf_listing_setup setup = {0};
    int code = cf_backend_find(cf_args_value(args, "backend"), &setup.backend, err);
    if (code)
        return code;
    if (setup.backend == &cf_sim_ops)
        return list_simulated(args, out, err);
    code = cf_scene_refuse(args, err);
    if (code == CF_OK)
        code = cf_args_refuse(args, at, CF_SIM_ONLY, err);
    const struct cf_zone *zone = NULL;
    if (code == CF_OK)
        code = cf_zone_get(NULL, &zone, err);
    return code ? code : list(args, &setup, zone, out, err);
}

const struct cf_verb cf_verb_sessions = {
    .name = "sessions",
    .summary = "list this host's sessions",
    .usage = (const char *const[]){"[--json]", "--backend sim [--at TIME] [OPTION]...", NULL},
    .about =
        "Lists the sessions with how long each has been idle, read at this very moment; a host that cannot tell says "
        "unknown. FROM is the remote host, else the terminal or display.",
    .groups = (const struct cf_option_group *const[]){&output, &cf_scene_options, NULL},
    .run = sessions,
};
