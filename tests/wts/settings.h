/* What a test wants of the server, each by a name: CF_TEST_NAME in the environment, or, for a service, which
 * has another one, the value NAME of HKLM\Software\curfew-test. */
#ifndef CF_TEST_SETTINGS_H
#define CF_TEST_SETTINGS_H

#include <stdint.h>

const char *setting(const char *name); /* NULL: nothing; stays as it was at the first look */
int64_t setting_number(const char *name);

#endif
