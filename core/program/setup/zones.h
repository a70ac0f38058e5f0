/* The host's time zone: what commands tell times in, and how a running engine follows it. */
#ifndef CF_PROGRAM_ZONES_H
#define CF_PROGRAM_ZONES_H

#include "program/setup/runtime.h"
#include "time/folder_watch.h"

/*
 * The host's own, to tell times in. Where it cannot be told (a link that leads nowhere), that is a warning,
 * and times are UTC: no command fails for it. CF_USAGE: $TZ is no time zone.
 */
int cf_zones_own(const struct cf_zone **ret_zone, struct cf_error *err);

/* The same for an engine, whose policies go by it: a zone that cannot be told is CF_FAILED, an absent one a
 * warning. */
int cf_zones_of_engine(const struct cf_zone **ret_zone, struct cf_error *err);

/* What keeps a running engine in the zones that the host has. */
struct cf_zone_follower {
    struct cf_runtime *runtime;
    struct cf_folder_watch *watch;
};

void cf_zone_follower_init(struct cf_zone_follower *follower, struct cf_runtime *runtime);
void cf_zone_follower_finish(struct cf_zone_follower *follower); /* run the loop afterwards */

/* Looks whether zones differ from what they were: then the policies are loaded again, which is journalled. */
void cf_zone_follower_look(struct cf_zone_follower *follower);

#endif
