/*
 * Windows' Event Log. A thread of its own writes to it, since the call asks another process, which may hang;
 * what waits for it is bounded, and beyond that lost. Messages are in the program's table of them
 * (cmake/windows_resources.cmake), which Windows finds by the source's name in the registry.
 */
#ifndef CF_BASE_EVENT_LOG_WINDOWS_H
#define CF_BASE_EVENT_LOG_WINDOWS_H

#include "base/log.h"

#include <stdbool.h>

#define CF_EVENT_SOURCE L"curfew"

/* Numbers of messages. An administrator's filters and subscriptions go by them, so none changes its meaning:
 * new ones come behind. Entries of the journal have CF_EVENT_ENTRY and more (journal/event_numbers.h). */
enum { CF_EVENT_ERROR = 1, CF_EVENT_WARNING, CF_EVENT_NOTICE, CF_EVENT_ENTRY = 100 };

struct cf_event_log;

/* NULL: there is no Event Log, or no thread to be had. */
struct cf_event_log *cf_event_log_open(void);

/* `text` is what people read; `detail` (may be NULL) is kept beside it, for programs. */
void cf_event_log_write(struct cf_event_log *log, enum cf_log_level level, unsigned id, const char *text,
                        const char *detail);

/* Waits until all is written, for five seconds at most. NULL is fine. */
void cf_event_log_close(struct cf_event_log *log);

/* Whether the source is registered, as installing the service does: without it nobody could read the
 * messages. */
bool cf_event_source_is_known(void);

/* Registers the source, with the program `path` as its table of messages; NULL: takes it away. 0, or Windows'
 * number. */
unsigned long cf_event_source_set(const wchar_t *path);

#endif
