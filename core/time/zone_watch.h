/*
 * Tells when the host's time zone is set, or tzdata is upgraded: watches the folders in which the files of
 * all zones handed out are, and /etc/localtime. In real time only.
 */
#ifndef CF_TIME_ZONE_WATCH_H
#define CF_TIME_ZONE_WATCH_H

#include "time/loop.h"

enum { CF_ZONE_FOLDERS = 64 }; /* that are watched; what is in others is seen at a reload */

struct cf_zone_watch;

/*
 * `changed` is called a moment after something in one of the folders did, many things at once for one: it
 * should look by cf_zones_refresh. A folder that cannot be watched is left out.
 */
struct cf_zone_watch *cf_zone_watch_create(struct cf_loop *loop, void (*changed)(void *data), void *data);

/* Watches the folders of zones that were handed out since. */
void cf_zone_watch_update(struct cf_zone_watch *watch);

void cf_zone_watch_destroy(struct cf_zone_watch *watch); /* NULL is fine; run the loop afterwards */

#endif
