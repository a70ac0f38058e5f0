/* Days off while an engine runs: what a person should know of them, and how their files are followed. */
#ifndef CF_PROGRAM_CALENDARS_H
#define CF_PROGRAM_CALENDARS_H

#include "program/setup/runtime.h"
#include "time/folder_watch.h"

#define CF_CALENDARS_LIMIT cf_seconds(10) /* for reading files again; then it is told that it takes long */

/* Logs what should be known of the days off of all policies: empty files, last days that are over. */
void cf_calendars_warn(const struct cf_runtime *runtime);

/* What keeps a running engine at the days off that its files say. */
struct cf_calendar_follower {
    struct cf_runtime *runtime;
    struct cf_folder_watch *watch;
    struct cf_calendar_job *job; /* being read; NULL: nothing */
    bool again;                  /* something changed meanwhile */
    struct cf_timer limit;
};

void cf_calendar_follower_init(struct cf_calendar_follower *follower, struct cf_runtime *runtime);
void cf_calendar_follower_finish(struct cf_calendar_follower *follower); /* run the loop afterwards */

/* The policies are others now: so are their files. */
void cf_calendar_follower_update(struct cf_calendar_follower *follower);

#endif
