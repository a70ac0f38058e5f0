#include "program/output/report.h"

#include "base/memory.h"
#include "program/output/terminal.h"

#include <stdlib.h>

struct cf_report {
    struct cf_report_setup setup;
    struct cf_journal journal;
    struct cf_timeline timeline;
    struct cf_tally tally;
    struct cf_buffer line;
    struct cf_journal_queue queue;
    bool broken;
};

static void write_out(struct cf_report *report)
{
    FILE *out = report->setup.out;
    if (report->line.length == 0)
        return;
    if (fwrite(report->line.data, 1, report->line.length, out) != report->line.length ||
        (report->setup.prompt && fflush(out) != 0)) {
        report->broken = true;
        cf_loop_stop(report->setup.loop);
    }
}

void cf_report_set_zone(struct cf_report *report, const struct cf_zone *zone)
{
    report->timeline.zone = zone;
    report->timeline.offset_from_us = report->timeline.offset_until_us = 0; /* to be asked anew */
}

static void write_entry(void *data, const struct cf_entry *entry, cf_journal_kept *kept, void *context)
{
    struct cf_report *report = data;
    cf_tally_entry(&report->tally, entry);
    if (!report->setup.quiet && !report->broken) {
        cf_buffer_clear(&report->line);
        if (report->setup.json) {
            cf_json_line(&report->line, cf_entry_json(entry));
        } else {
            cf_timeline_add(&report->timeline, entry, &report->line);
        }
        write_out(report);
    }
    cf_journal_queue_push(&report->queue, kept, context);
}

struct cf_report *cf_report_create(const struct cf_report_setup *setup)
{
    struct cf_report *report = cf_alloc(sizeof *report);
    report->setup = *setup;
    report->journal = (struct cf_journal){.data = report, .write = write_entry};
    cf_journal_queue_init(&report->queue, setup->loop);
    report->timeline = (struct cf_timeline){
        .zone = setup->zone,
        .width = cf_terminal_width(setup->out),
        .colour = cf_terminal_colour(setup->out),
        .names_policies = setup->names_policies,
        .outcomes = setup->outcomes,
    };
    return report;
}

void cf_report_destroy(struct cf_report *report)
{
    if (!report)
        return;
    cf_journal_queue_finish(&report->queue);
    cf_buffer_finish(&report->line);
    cf_tally_finish(&report->tally);
    free(report);
}

const struct cf_journal *cf_report_journal(const struct cf_report *report)
{
    return &report->journal;
}

struct cf_tally *cf_report_tally(struct cf_report *report)
{
    return &report->tally;
}

bool cf_report_broken(const struct cf_report *report)
{
    return report->broken;
}

void cf_report_summary(struct cf_report *report)
{
    cf_buffer_clear(&report->line);
    if (report->setup.json) {
        cf_tally_json(&report->tally, &report->line);
    } else {
        if (report->timeline.day)
            cf_buffer_puts(&report->line, "\n");
        cf_tally_print(&report->tally, &report->line);
    }
    write_out(report);
}
