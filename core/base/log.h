/* The program's log: lines on standard error. Only the engine and the program log; layers below return
 * errors. */
#ifndef CF_BASE_LOG_H
#define CF_BASE_LOG_H

#include "base/error.h"

enum cf_log_level { CF_LOG_NOTHING = -1, CF_LOG_ERROR, CF_LOG_WARNING, CF_LOG_NOTICE, CF_LOG_DEBUG };

/* The program's only globals. What is below this level is not written; CF_LOG_NOTICE at first. The name that
 * a line begins with is borrowed; "curfew" at first. */
void cf_log_set_level(enum cf_log_level level);
void cf_log_set_name(const char *name);

/* Where lines go from now on, without name and level; NULL: to standard error, as at first. */
typedef void cf_log_writer(void *data, enum cf_log_level level, const char *line);
void cf_log_set_writer(cf_log_writer *write, void *data);

/* Writes one line "curfew: text"; control characters in it are made visible. */
void cf_log(enum cf_log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Each line of an error as one of the log. */
void cf_log_error(const struct cf_error *err);

#endif
