#include "wts/notice.h"

#include "base/memory.h"
#include "base/template.h"
#include "base/text.h"

#include <string.h>

enum { SECONDS = 60, SECONDS_MOST = 24 * 60 * 60 };

char *cf_wts_notice_title(const char *title, const char *language)
{
    char safe[CF_WTS_TITLE];
    (void)cf_text_safe(title                              ? title
                       : cf_language_fits(language, "pt") ? "Aviso"
                                                          : "Notice",
                       safe, sizeof safe);
    return cf_strdup(safe);
}

char *cf_wts_notice_text(const char *text, const char *ask)
{
    char line[CF_WTS_TEXT];
    struct cf_buffer whole = {0};
    cf_buffer_puts(&whole, "");
    for (const char *rest = text ? text : ""; *rest; rest += *rest == '\n') { /* a line feed stays one */
        size_t length = strcspn(rest, "\n");
        char *part = cf_alloc(length + 1);
        memcpy(part, rest, length);
        (void)cf_text_safe(part, line, sizeof line);
        cf_buffer_printf(&whole, "%s%s", whole.length ? "\n" : "", line);
        cf_replace(&part, NULL);
        rest += length;
    }
    if (!ask)
        return whole.data;
    (void)cf_text_safe(ask, line, sizeof line);
    bool asks = line[0] && line[strlen(line) - 1] == '?';
    cf_buffer_printf(&whole, "%s%s%s", whole.length ? "\n\n" : "", line, asks ? "" : "?");
    return whole.data;
}

const char *cf_wts_notice_over(const char *language)
{
    return cf_language_fits(language, "pt") ? "Sua sessão continua aberta." : "You stay logged on.";
}

uint32_t cf_wts_notice_seconds(struct cf_span shown_for)
{
    if (!cf_span_known(shown_for) || shown_for.us <= 0)
        return SECONDS;
    int64_t seconds = (shown_for.us + CF_SECOND.us - 1) / CF_SECOND.us;
    return (uint32_t)(seconds > SECONDS_MOST ? SECONDS_MOST : seconds);
}
