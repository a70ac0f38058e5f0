/*
 * Who may change a file. curfew does, as root, what its configuration says: so nobody but root, and whoever
 * runs it, may be able to write that. On Windows SYSTEM, Administrators and TrustedInstaller are what root
 * is.
 */
#ifndef CF_BASE_TRUST_H
#define CF_BASE_TRUST_H

#include "base/error.h"

/*
 * 0, or CF_REFUSED where the file, a folder on the way to it, or a link there, belongs to somebody else, or
 * can be written by somebody else; *err names it and says what to do. In a sticky folder such as /tmp others
 * may write, because they cannot replace there what is not theirs. On Windows others may make new files in a
 * folder further up, as users may in C:\ProgramData, but not in the file's own.
 */
int cf_trust_file(const char *path, struct cf_error *err);

#endif
