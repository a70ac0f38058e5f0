#include "program/setup/runtime.h"

#include "base/log.h"
#include "base/memory.h"
#include "journal/row.h"
#include "program/output/terminal.h"
#include "program/setup/hosts.h"

#include <stdlib.h>
#include <utlist.h>

/* ---- The journal's three places ---- */

/* An entry that somebody waits for, on its way to disk. Nobody is shown it before it is there: until then
 * nothing was done, and perhaps nothing will be. */
struct cf_awaited {
    struct cf_runtime *runtime;
    struct cf_row *row; /* a copy */
    cf_journal_kept *kept;
    void *context;
    struct cf_awaited *prev, *next;
};

static void show(const struct cf_runtime *runtime, const struct cf_entry *entry, cf_journal_kept *kept,
                 void *context)
{
    const struct cf_journal *report = cf_report_journal(runtime->report);
    report->write(report->data, entry, kept, context);
    if (runtime->mirror) {
        const struct cf_journal *mirror = cf_mirror_journal(runtime->mirror);
        mirror->write(mirror->data, entry, NULL, NULL);
    }
}

static void release(struct cf_awaited *awaited)
{
    DL_DELETE(awaited->runtime->awaited, awaited);
    cf_row_destroy(awaited->row);
    free(awaited);
}

/* What could not be written was not done, and is shown as that. */
static void show_refused(const struct cf_awaited *awaited, int code)
{
    struct cf_entry entry = awaited->row->entry;
    struct cf_buffer text = {0};
    cf_buffer_printf(&text, "the journal could not be written, so this was not done: %s%s%s",
                     cf_what_name(entry.what), cf_entry_reason(&entry) ? ": " : "",
                     cf_entry_reason(&entry) ? cf_entry_reason(&entry) : "");
    entry.what = CF_WHAT_REFUSED;
    entry.code = code;
    entry.text = text.data;
    entry.reason = NULL;
    show(awaited->runtime, &entry, NULL, NULL);
    cf_buffer_finish(&text);
}

static void on_disk(void *context, int code)
{
    struct cf_awaited *awaited = context;
    cf_journal_kept *kept = awaited->kept;
    void *kept_context = awaited->context;
    if (code == CF_OK)
        show(awaited->runtime, &awaited->row->entry, NULL, NULL);
    else
        show_refused(awaited, code);
    release(awaited);
    kept(kept_context, code);
}

/* An entry is kept when it is on disk; without a journal there, when it was printed. */
static void write_entry(void *data, const struct cf_entry *entry, cf_journal_kept *kept, void *context)
{
    struct cf_runtime *runtime = data;
    if (!runtime->writer) {
        show(runtime, entry, kept, context);
        return;
    }
    const struct cf_journal *disk = cf_writer_journal(runtime->writer);
    if (!kept) {
        show(runtime, entry, NULL, NULL);
        disk->write(disk->data, entry, NULL, NULL);
        return;
    }
    struct cf_awaited *awaited = cf_alloc(sizeof *awaited);
    *awaited = (struct cf_awaited){
        .runtime = runtime, .row = cf_row_create(entry), .kept = kept, .context = context};
    DL_PREPEND(runtime->awaited, awaited);
    disk->write(disk->data, entry, on_disk, awaited);
}

/* ---- Life ---- */

void cf_runtime_finish(struct cf_runtime *runtime)
{
    cf_engine_destroy(runtime->engine);
    cf_store_destroy(runtime->store);
    cf_outcomes_destroy(runtime->outcomes);
    cf_writer_destroy(runtime->writer); /* which tells nobody any more */
    while (runtime->awaited)
        release(runtime->awaited);
    cf_mirror_destroy(runtime->mirror);
    cf_report_destroy(runtime->report);
    if (runtime->loop)
        cf_loop_run(runtime->loop); /* handles that are closing */
    cf_loop_destroy(runtime->loop);
    *runtime = (struct cf_runtime){0};
}

/* What was decided before is read while nothing new can be. */
static int open_journal(struct cf_runtime *runtime, const struct cf_runtime_setup *setup,
                        struct cf_error *err)
{
    struct cf_error why;
    if (!setup->state)
        return CF_OK;
    const struct cf_writer_setup writer = {
        .loop = runtime->loop,
        .folder = setup->state,
        .retention = {.keep = setup->config->journal.keep,
                      .bytes = (int64_t)(setup->config->journal.megabytes * 1e6)}};
    int code = cf_writer_create(&writer, &runtime->writer, err);
    if (code == CF_OK && cf_outcomes_read(setup->state, &runtime->outcomes, &why) != CF_OK)
        cf_log(CF_LOG_ERROR, "what became of earlier logoffs is not looked up: %s", why.text);
    return code;
}

static int open_engine(struct cf_runtime *runtime, const struct cf_runtime_setup *setup, struct cf_error *err)
{
    struct cf_engine_setup engine = {
        .loop = runtime->loop,
        .backend = setup->backend,
        .backend_setup = setup->backend_setup,
        .policy_host = cf_scripts,
        .config = setup->config,
        .journal = &runtime->journal,
        .zone = setup->zone,
        .store = runtime->store,
        .policy_folder = cf_policy_folder(),
    };
    if (runtime->writer)
        cf_writer_last(runtime->writer, &engine.last_entry, &engine.last_decision);
    int code = cf_engine_create(&engine, &runtime->engine, err);
    if (code == CF_OK && runtime->writer)
        cf_writer_attach(runtime->writer, runtime->engine);
    return code;
}

int cf_runtime_init(struct cf_runtime *runtime, const struct cf_runtime_setup *setup, struct cf_error *err)
{
    *runtime = (struct cf_runtime){.journal = {.data = runtime, .write = write_entry}};
    int code = setup->is_virtual ? cf_loop_create_virtual(setup->start, setup->speed, &runtime->loop, err)
                                 : cf_loop_create(&runtime->loop, err);
    if (code)
        return code;

    struct cf_error why;
    if (setup->mirrored && cf_mirror_create(NULL, &runtime->mirror, &why) != CF_OK)
        cf_log(CF_LOG_DEBUG, "%s", why.text);
    struct cf_report_setup report = setup->report;
    report.quiet |= runtime->mirror && cf_terminal_is_log(report.out); /* it has each entry from the mirror */
    report.loop = runtime->loop;
    report.zone = setup->zone;
    report.names_policies = setup->config->policy_count > 1;
    runtime->report = cf_report_create(&report);

    code = setup->store ? cf_store_open(runtime->loop, setup->store, &runtime->store, err) : CF_OK;
    if (code == CF_OK)
        code = open_journal(runtime, setup, err);
    if (code == CF_OK)
        code = open_engine(runtime, setup, err);
    if (code)
        cf_runtime_finish(runtime);
    return code;
}
