/*
 * Everything that works together while policies run: a loop, a journal on the output and perhaps on disk, and
 * the engine with its back end and policies. Put together and taken apart in one place, so that nothing stays
 * open.
 */
#ifndef CF_PROGRAM_RUNTIME_H
#define CF_PROGRAM_RUNTIME_H

#include "engine/engine.h"
#include "journal/mirror.h"
#include "journal/outcomes.h"
#include "journal/writer.h"
#include "program/output/report.h"

struct cf_runtime {
    struct cf_loop *loop;
    struct cf_report *report;
    struct cf_writer *writer;     /* NULL: the journal is on the output alone */
    struct cf_mirror *mirror;     /* NULL: not in the system's log */
    struct cf_outcomes *outcomes; /* to be settled when the host has listed its sessions */
    struct cf_journal journal;    /* goes to each of those */
    struct cf_store *store;       /* NULL: the engine's own, in memory */
    struct cf_awaited *awaited;   /* entries of what is done once they are on disk */
    struct cf_engine *engine;
};

struct cf_runtime_setup {
    const struct cf_backend_ops *backend;
    const void *backend_setup;
    const struct cf_config *config; /* borrowed until finish */
    const struct cf_zone *zone;
    bool is_virtual;               /* else in real time */
    struct cf_instant start;       /* virtual time's */
    double speed;                  /* virtual time's: 0 jumps */
    const char *store;             /* file of what policies keep; NULL: in memory */
    const char *state;             /* folder of the journal on disk; NULL: none */
    bool mirrored;                 /* in the system's log, where there is one */
    struct cf_report_setup report; /* its loop, zone and names_policies are filled in */
};

/* CF_POLICY, CF_UNAVAILABLE, CF_REFUSED or CF_FAILED; then there is nothing to finish. */
int cf_runtime_init(struct cf_runtime *runtime, const struct cf_runtime_setup *setup, struct cf_error *err);

/* Close handles of one's own on the loop first. */
void cf_runtime_finish(struct cf_runtime *runtime);

#endif
