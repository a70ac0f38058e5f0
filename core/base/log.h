/* The program's log: lines on standard error. Only the engine and the program log; layers below return
 * errors. */
#ifndef CF_BASE_LOG_H
#define CF_BASE_LOG_H

enum cf_log_level { CF_LOG_NOTHING = -1, CF_LOG_ERROR, CF_LOG_WARNING, CF_LOG_NOTICE, CF_LOG_DEBUG };

/* The only global of the program: what is below this level is not written. CF_LOG_NOTICE at first. */
void cf_log_set_level(enum cf_log_level level);

/* Writes one line "curfew: text"; control characters in it are made visible. */
void cf_log(enum cf_log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
