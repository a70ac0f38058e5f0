#include "logind/notice.h"

#include "base/template.h"

#include <string.h>

enum { COLUMNS = 79, TEXT_BYTES = 2000 };

/* What we say ourselves. */
static const struct words {
    const char *after_ask, *stays, *here;
} english = {"\" can be answered on a desktop only.)", "You stay logged on.", "I am still here"},
  portuguese = {"\" só pode ser respondido em um ambiente gráfico.)", "Sua sessão continua aberta.",
                "Ainda estou aqui"};

static const struct words *words_in(const char *language)
{
    return cf_language_fits(language, "pt") ? &portuguese : &english;
}

/* Length of the next line of `text`, which begins with no blank: whole words, at most COLUMNS characters. */
static size_t line_length(const char *text)
{
    size_t length = 0, words = 0;
    for (int column = 0; text[length] && column < COLUMNS; column++) {
        if (text[length] == ' ')
            words = length;
        length += cf_utf8_length(text + length);
    }
    if (!text[length] || text[length] == ' ' || words == 0)
        return length;
    return words;
}

static void add_paragraph(struct cf_buffer *out, const char *text)
{
    char safe[TEXT_BYTES];
    (void)cf_text_safe(text, safe, sizeof safe);
    for (const char *rest = safe; *(rest += strspn(rest, " "));) {
        size_t length = line_length(rest);
        cf_buffer_add(out, rest, length);
        cf_buffer_puts(out, "\r\n");
        rest += length;
    }
}

/* A line feed in the text ends a line here too. */
static void add_text(struct cf_buffer *out, const char *before, const char *text, const char *after)
{
    struct cf_buffer whole = {0};
    cf_buffer_printf(&whole, "%s%.*s%s", before, TEXT_BYTES, text, after);
    char *place = NULL;
    for (char *line = strtok_r(whole.data, "\n", &place); line; line = strtok_r(NULL, "\n", &place))
        add_paragraph(out, line);
    cf_buffer_finish(&whole);
}

void cf_notice_lines(struct cf_buffer *out, const char *title, const char *text, const char *ask,
                     const char *language)
{
    cf_buffer_puts(out, "\r\n\a");
    if (title)
        add_text(out, "*** ", title, " ***");
    if (text)
        add_text(out, "", text, "");
    if (ask)
        add_text(out, "(\"", ask, words_in(language)->after_ask);
}

void cf_notice_over(struct cf_buffer *out, const char *language)
{
    cf_buffer_printf(out, "\r\n%s\r\n", words_in(language)->stays);
}

const char *cf_notice_button(const char *ask, const char *language)
{
    return ask ? ask : words_in(language)->here;
}
