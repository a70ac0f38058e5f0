/* Where the host keeps its zones: what differs between Unix and Windows. */
#ifndef CF_TIME_ZONE_HOST_H
#define CF_TIME_ZONE_HOST_H

/* The folder with a file for each zone, as tzdata has it; on Windows it travels beside the program. */
const char *cf_zone_folder(void);

/* The file of the host's own zone, which need not be there. It lives until the next call, by any thread. */
const char *cf_zone_own_file(void);

#endif
