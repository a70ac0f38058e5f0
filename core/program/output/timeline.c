#include "program/output/timeline.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    USER_LEAST = 8,
    USER_MOST = 16,
    SESSION_LEAST = 4,
    SESSION_MOST = 10,
    WHAT_WIDTH = 7,
    REASON_LEAST = 20
};

static const char *const colours[CF_WHAT_COUNT] = {
    [CF_WHAT_WARN] = "\033[33m",     [CF_WHAT_ANSWER] = "\033[32m",  [CF_WHAT_WITHDRAW] = "\033[32m",
    [CF_WHAT_LOGOFF] = "\033[1;34m", [CF_WHAT_FORCE] = "\033[1;31m", [CF_WHAT_DISCONNECT] = "\033[34m",
    [CF_WHAT_REFUSED] = "\033[36m",  [CF_WHAT_VETOED] = "\033[36m",  [CF_WHAT_FAILED] = "\033[31m",
    [CF_WHAT_DOOR] = "\033[33m",     [CF_WHAT_RESTART] = "\033[35m",
};

/* No line ends in blanks. */
static void end_line(struct cf_buffer *out)
{
    while (out->data[out->length - 1] == ' ')
        out->length--;
    cf_buffer_add(out, "\n", 1);
}

static void blanks(struct cf_buffer *out, size_t count)
{
    static const char sixteen[] = "                ";
    for (; count; count -= count < 16 ? count : 16)
        cf_buffer_add(out, sixteen, count < 16 ? count : 16);
}

/* Local time on the timeline's clock; the zone is asked only once between two of its changes. */
static int64_t local_us(struct cf_timeline *timeline, int64_t us)
{
    if (us < timeline->offset_from_us || us >= timeline->offset_until_us) {
        int64_t second = us / 1000000, next;
        timeline->offset_us = cf_zone_offset(timeline->zone, second, NULL) * INT64_C(1000000);
        timeline->offset_from_us = second * 1000000;
        timeline->offset_until_us =
            cf_zone_next_change(timeline->zone, second, &next) ? next * 1000000 : INT64_MAX;
    }
    return us + timeline->offset_us;
}

static void head_day(struct cf_timeline *timeline, int64_t days, struct cf_buffer *out)
{
    static const char *const names[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                        "Friday", "Saturday", "Sunday"};
    struct cf_date date = cf_date_of_days(days);
    cf_buffer_printf(out, "%s%s%s %04d-%02d-%02d%s\n", timeline->day ? "\n" : "",
                     timeline->colour ? "\033[1m" : "", names[cf_weekday_of_days(days)], date.year,
                     date.month, date.day, timeline->colour ? "\033[0m" : "");
    timeline->day = days + 1;
}

static void add_time(struct cf_timeline *timeline, struct cf_instant at, struct cf_buffer *out)
{
    int64_t local = local_us(timeline, at.us), days = local / CF_DAY.us;
    if (days + 1 != timeline->day)
        head_day(timeline, days, out);
    int second = (int)(local % CF_DAY.us / 1000000);
    const int parts[] = {second / 3600, second / 60 % 60, second % 60};
    char text[9] = "00:00:00 ";
    for (int i = 0; i < 3; i++) {
        text[3 * i] = (char)('0' + parts[i] / 10);
        text[3 * i + 1] = (char)('0' + parts[i] % 10);
    }
    cf_buffer_add(out, text, sizeof text);
}

/* A cell that widens its column up to `most`, and is cut beyond. */
static void add_cell(const char *text, int *width, int least, int most, struct cf_buffer *out)
{
    char safe[256];
    size_t length = cf_text_safe(text ? text : "-", safe, sizeof safe), shown = cf_utf8_columns(safe, length);
    if (*width < least)
        *width = least;
    if ((int)shown > *width)
        *width = (int)shown < most ? (int)shown : most;
    cf_buffer_cell(out, safe, (size_t)*width, "…");
    cf_buffer_puts(out, " ");
}

static const char *const would_have[CF_WHAT_COUNT] = {
    [CF_WHAT_WARN] = "would have been warned",
    [CF_WHAT_WITHDRAW] = "would have stayed",
    [CF_WHAT_TELL] = "would have been told",
    [CF_WHAT_LOCK] = "would have been locked",
    [CF_WHAT_DISCONNECT] = "would have been disconnected",
    [CF_WHAT_LOGOFF] = "would have been logged off",
    [CF_WHAT_FORCE] = "would have been forced to end",
    [CF_WHAT_REFUSED] = "would have been spared",
    [CF_WHAT_VETOED] = "would have been spared",
    [CF_WHAT_DOOR] = "would have applied",
};

/* Both return by how many columns it was too long for its own. */
static size_t add_in_words(const struct cf_timeline *timeline, const struct cf_entry *entry,
                           struct cf_buffer *out)
{
    const char *words = would_have[entry->what], *colour = timeline->colour ? colours[entry->what] : NULL;
    struct cf_buffer text = {0};
    cf_buffer_printf(&text, "%s%s", words ? words : cf_what_name(entry->what), entry->text ? ": " : "");
    cf_buffer_printf(out, "%s%s%s", colour ? colour : "", text.data, colour ? "\033[0m" : "");
    size_t used = text.length;
    cf_buffer_finish(&text);
    blanks(out, used < WHAT_WIDTH + 1 ? WHAT_WIDTH + 1 - used : 0);
    return used > WHAT_WIDTH + 1 ? used - WHAT_WIDTH - 1 : 0;
}

static size_t add_what(const struct cf_timeline *timeline, const struct cf_entry *entry,
                       struct cf_buffer *out)
{
    const char *name = cf_what_name(entry->what), *colour = timeline->colour ? colours[entry->what] : NULL;
    size_t used = strlen(name);
    if (colour)
        cf_buffer_puts(out, colour);
    if (entry->dry) {
        cf_buffer_add(out, "(", 1);
        used += 2;
    }
    cf_buffer_puts(out, name);
    if (entry->dry)
        cf_buffer_add(out, ")", 1);
    if (colour)
        cf_buffer_puts(out, "\033[0m");
    blanks(out, used < WHAT_WIDTH ? WHAT_WIDTH + 1 - used : 1);
    return used > WHAT_WIDTH ? used - WHAT_WIDTH : 0;
}

/* One line of a reason from column `at` on, broken at blanks, and within words longer than a line. */
static void add_wrapped(const char *text, size_t at, size_t indent, size_t width, struct cf_buffer *out)
{
    size_t column = at, gap = 0;
    text += strspn(text, " ");
    while (*text) {
        size_t length = strcspn(text, " "), shown = cf_utf8_columns(text, length);
        if (shown > width - indent) {
            shown = width - indent;
            length = cf_utf8_bytes(text, shown);
        }
        if (column > indent && column + gap + shown > width) {
            end_line(out);
            blanks(out, indent);
            column = indent;
            gap = 0;
        }
        blanks(out, gap);
        cf_buffer_add(out, text, length);
        column += gap + shown;
        gap = 1;
        text += length + strspn(text + length, " ");
    }
}

/* What its user reads or does: a line that names no policy. */
static bool to_user(enum cf_what what)
{
    return what == CF_WHAT_WARN || what == CF_WHAT_WITHDRAW || what == CF_WHAT_ANSWER || what == CF_WHAT_TELL;
}

static void add_reason(const struct cf_timeline *timeline, const struct cf_entry *entry, size_t over,
                       struct cf_buffer *out)
{
    size_t indent = (size_t)(9 + timeline->user_width + 1 + timeline->session_width + 1 + WHAT_WIDTH + 1);
    size_t width = timeline->width > indent + REASON_LEAST ? timeline->width : SIZE_MAX;
    const char *text = entry->text ? entry->text : "";
    for (;;) {
        char line[1024], safe[2048];
        size_t length = strcspn(text, "\n");
        bool more = text[length] == '\n' && text[length + 1];
        bool named = !more && timeline->names_policies && entry->policy && !to_user(entry->what);
        (void)snprintf(line, sizeof line, "%.*s%s%s%s%s%s", (int)(length < 900 ? length : 900), text,
                       entry->unwarned && !more ? " (unwarned)" : "",
                       entry->in_use && !more ? " (in use)" : "", named ? " [" : "",
                       named ? entry->policy : "", named ? "]" : "");
        cf_text_safe(line, safe, sizeof safe);
        add_wrapped(safe, indent + over, indent, width, out);
        over = 0;
        if (!more)
            break;
        end_line(out);
        blanks(out, indent);
        text += length + 1;
    }
}

void cf_timeline_add(struct cf_timeline *timeline, const struct cf_entry *entry, struct cf_buffer *out)
{
    const struct cf_session *session = entry->session;
    if (entry->what == CF_WHAT_ENDED && !timeline->outcomes)
        return;
    add_time(timeline, entry->at, out);
    add_cell(session ? session->user : NULL, &timeline->user_width, USER_LEAST, USER_MOST, out);
    add_cell(session ? session->identity.id : NULL, &timeline->session_width, SESSION_LEAST, SESSION_MOST,
             out);
    size_t over = entry->dry && timeline->in_words ? add_in_words(timeline, entry, out)
                                                   : add_what(timeline, entry, out);
    add_reason(timeline, entry, over, out);
    end_line(out);
}
