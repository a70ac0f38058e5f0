#include "program/assembly.h"

#include "program/hosts.h"

void cf_assembly_finish(struct cf_assembly *assembly)
{
    cf_engine_destroy(assembly->engine);
    cf_store_destroy(assembly->store);
    cf_report_destroy(assembly->report);
    if (assembly->loop)
        cf_loop_run(assembly->loop); /* handles that are closing */
    cf_loop_destroy(assembly->loop);
    *assembly = (struct cf_assembly){0};
}

int cf_assembly_init(struct cf_assembly *assembly, const struct cf_assembly_setup *setup,
                     struct cf_error *err)
{
    struct cf_assembly made = {0};
    int code = setup->is_virtual ? cf_loop_create_virtual(setup->start, setup->speed, &made.loop, err)
                                 : cf_loop_create(&made.loop, err);
    if (code)
        return code;

    struct cf_report_setup report = setup->report;
    report.loop = made.loop;
    report.zone = setup->zone;
    report.names_policies = setup->config->policy_count > 1;
    made.report = cf_report_create(&report);

    code = setup->store ? cf_store_open(made.loop, setup->store, &made.store, err) : CF_OK;
    if (code) {
        cf_assembly_finish(&made);
        return code;
    }
    struct cf_engine_setup engine = {
        .loop = made.loop,
        .backend = setup->backend,
        .backend_setup = setup->backend_setup,
        .policy_host = cf_scripts,
        .config = setup->config,
        .journal = cf_report_journal(made.report),
        .zone = setup->zone,
        .store = made.store,
        .policy_folder = cf_policy_folder(),
    };
    code = cf_engine_create(&engine, &made.engine, err);
    if (code) {
        cf_assembly_finish(&made);
        return code;
    }
    *assembly = made;
    return CF_OK;
}
