/* Tells when something changes in any of a list of folders. In real time only. */
#ifndef CF_TIME_FOLDER_WATCH_H
#define CF_TIME_FOLDER_WATCH_H

#include "time/loop.h"

enum { CF_FOLDERS = 64 }; /* that are watched; what is in others is seen at a reload */

struct cf_folder_watch;

/* Calls `tell` for each folder that is to be watched; some may come more than once. */
typedef void cf_folder_fn(void *data, const char *folder);
typedef void cf_folder_list(void *owner, cf_folder_fn *tell, void *data);

/*
 * `changed` is called a moment after something in one of the folders did, many things at once for one: the
 * owner should look what that was. A folder that cannot be watched is left out.
 */
struct cf_folder_watch *cf_folder_watch_create(struct cf_loop *loop, cf_folder_list *list,
                                               void (*changed)(void *owner), void *owner);

/* Watches the folders that have come to the list. */
void cf_folder_watch_update(struct cf_folder_watch *watch);

void cf_folder_watch_destroy(struct cf_folder_watch *watch); /* NULL is fine; run the loop afterwards */

/* Tells of the folder of a file, and of that to which the file leads, where it is a link. */
void cf_folder_of_file(const char *path, cf_folder_fn *tell, void *data);

#endif
