/* Where this machine has what is curfew's. */
#ifndef CF_PROGRAM_PLACES_H
#define CF_PROGRAM_PLACES_H

/* The configuration, where there is one: /etc/curfew/curfew.lua; %ProgramData%\curfew\curfew.lua. */
const char *cf_usual_config(void);

/* Where state outlives a restart, if there is such a folder: the journal, what policies keep. */
const char *cf_usual_state(void);

#endif
