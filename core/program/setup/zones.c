#include "program/setup/zones.h"

#include "base/log.h"

#include <string.h>

int cf_zones_own(const struct cf_zone **ret_zone, struct cf_error *err)
{
    struct cf_error why;
    int code = cf_zone_get(NULL, ret_zone, &why);
    if (code == CF_USAGE)
        return cf_error_set(err, code, "%s", why.text);
    if (code != CF_OK) {
        cf_log(CF_LOG_WARNING, "times are UTC: %s", why.text);
        *ret_zone = cf_zone_utc();
    }
    return CF_OK;
}

int cf_zones_of_engine(const struct cf_zone **ret_zone, struct cf_error *err)
{
    int code = cf_zone_get(NULL, ret_zone, err);
    if (code == CF_OK && cf_zone_is_assumed())
        cf_log(CF_LOG_WARNING, "this host has no /etc/localtime: the hours of policies are taken for UTC; "
                               "timedatectl set-timezone sets its time zone");
    return code;
}

/* What a look has found, in words. */
struct finding {
    struct cf_buffer changed;
    struct cf_runtime *runtime;
};

static void write_failed(const struct cf_runtime *runtime, const char *text)
{
    struct cf_entry entry = {.what = CF_WHAT_FAILED, .code = CF_FAILED, .text = text};
    cf_log(CF_LOG_ERROR, "%s", text);
    cf_engine_write(runtime->engine, &entry, NULL, NULL);
}

static void take_zone(void *data, const char *name, const struct cf_error *err)
{
    struct finding *finding = data;
    bool own = strcmp(name, "local") == 0;
    if (!err) {
        cf_buffer_printf(&finding->changed, "%s%s", finding->changed.length ? ", " : "",
                         own ? "the host's own" : name);
        return;
    }
    struct cf_buffer text = {0};
    cf_buffer_printf(&text, "the time zone in force stays in force: %s", err->text);
    write_failed(finding->runtime, text.data);
    cf_buffer_finish(&text);
}

/* The policies in force go on by the zones that they know until they can be loaded. */
static void put_in_force(struct cf_runtime *runtime, const char *changed)
{
    const struct cf_zone *zone;
    struct cf_error err;
    struct cf_buffer text = {0};
    if (cf_zone_get(NULL, &zone, &err) != CF_OK)
        return; /* told already */
    cf_report_set_zone(runtime->report, zone);
    cf_buffer_printf(&text, "time zones are other ones: %s", changed);
    if (cf_engine_set_zone(runtime->engine, zone, text.data, &err) != CF_OK) {
        cf_buffer_printf(&text, "; the policies could not be loaded by them, and go on by the old ones: %s",
                         err.text);
        write_failed(runtime, text.data);
    }
    cf_buffer_finish(&text);
}

void cf_zone_follower_look(struct cf_zone_follower *follower)
{
    struct finding finding = {.runtime = follower->runtime};
    if (!follower->watch) /* simulated */
        return;
    if (cf_zones_refresh(take_zone, &finding))
        put_in_force(follower->runtime, finding.changed.data);
    cf_folder_watch_update(follower->watch);
    cf_buffer_finish(&finding.changed);
}

static void list_folders(void *owner, cf_folder_fn *tell, void *data)
{
    (void)owner;
    cf_zones_folders(tell, data);
}

static void on_change(void *data)
{
    cf_zone_follower_look(data);
}

void cf_zone_follower_init(struct cf_zone_follower *follower, struct cf_runtime *runtime)
{
    *follower = (struct cf_zone_follower){.runtime = runtime};
    follower->watch = cf_folder_watch_create(runtime->loop, list_folders, on_change, follower);
}

void cf_zone_follower_finish(struct cf_zone_follower *follower)
{
    cf_folder_watch_destroy(follower->watch);
    *follower = (struct cf_zone_follower){0};
}
