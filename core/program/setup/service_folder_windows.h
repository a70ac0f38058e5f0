/* The folders of the service, and the configuration that it begins with. */
#ifndef CF_PROGRAM_SERVICE_FOLDER_WINDOWS_H
#define CF_PROGRAM_SERVICE_FOLDER_WINDOWS_H

#include "base/error.h"

#include <stdbool.h>

/*
 * Makes what is missing of the folders of cf_usual_config and cf_usual_state, which administrators and SYSTEM
 * alone can write, and everybody read but for the state; then, where there is none, a configuration that is a
 * dry run. CF_REFUSED: one is there that others can write, as anybody could have made it. CF_DENIED.
 */
int cf_service_folder_make(bool *ret_is_new, struct cf_error *err);

/* Removes the folder of cf_usual_config with all that is in it; links in it, not where they lead. */
int cf_service_folder_remove(struct cf_error *err);

#endif
