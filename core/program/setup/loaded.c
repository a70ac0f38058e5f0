#include "program/setup/loaded.h"

#include "program/setup/hosts.h"

static void write_nothing(void *data, const struct cf_entry *entry, cf_journal_kept *kept, void *context)
{
    (void)data, (void)entry, (void)kept, (void)context;
}

static const struct cf_journal nowhere = {.write = write_nothing};

int cf_loaded_init(struct cf_loaded *loaded, const struct cf_config *config, const struct cf_zone *zone,
                   struct cf_error *err)
{
    struct cf_clock clock;
    cf_clock_init_system(&clock);
    *loaded = (struct cf_loaded){0};
    int code = cf_loop_create_virtual(cf_clock_wall(&clock), 0, &loaded->loop, err);
    if (code != CF_OK)
        return code;
    return cf_engine_create(&(struct cf_engine_setup){.loop = loaded->loop,
                                                      .policy_host = cf_scripts,
                                                      .config = config,
                                                      .journal = &nowhere,
                                                      .zone = zone,
                                                      .policy_folder = cf_policy_folder()},
                            &loaded->engine, err);
}

void cf_loaded_finish(struct cf_loaded *loaded)
{
    cf_engine_destroy(loaded->engine);
    if (loaded->loop)
        cf_loop_run(loaded->loop);
    cf_loop_destroy(loaded->loop);
}
