#include "journal/mirror.h"

#include "journal/row.h"

enum cf_log_level cf_mirror_level(enum cf_what what)
{
    switch (what) {
    case CF_WHAT_FAILED:
    case CF_WHAT_DOUBT:
    case CF_WHAT_UNREACHED: return CF_LOG_WARNING;
    case CF_WHAT_LOGOFF:
    case CF_WHAT_FORCE:
    case CF_WHAT_HELD: return CF_LOG_NOTICE;
    default: return CF_LOG_DEBUG;
    }
}

char *cf_mirror_message(const struct cf_entry *entry)
{
    struct cf_buffer message = {0};
    cf_buffer_printf(&message, "%s%s", entry->dry ? "dry run: " : "", cf_what_name(entry->what));
    if (entry->session)
        cf_buffer_printf(&message, ": %s, session %s", entry->session->user ? entry->session->user : "-",
                         entry->session->identity.id ? entry->session->identity.id : "-");
    if (entry->text)
        cf_buffer_printf(&message, ": %s", entry->text);
    if (entry->policy)
        cf_buffer_printf(&message, " [%s]", entry->policy);
    char *line = cf_text_line(message.data);
    cf_buffer_finish(&message);
    return line;
}
