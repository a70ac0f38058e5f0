#include "desk.h"

#include <stdio.h>
#include <string.h>

struct desk desk;

void desk_renew_folder(void)
{
    if (desk.folder[0])
        folder_drop();
    folder_make();
    (void)snprintf(desk.folder, sizeof desk.folder, "%s", folder_path(""));
}

int desk_set_up(void **state)
{
    (void)state;
    desk = (struct desk){0};
    cf_log_set_level((enum cf_log_level) - 1); /* failures are made on purpose */
    desk_renew_folder();
    assert_int_equal(
        cf_loop_create_virtual((struct cf_instant){INT64_C(1772443500000000)}, 0, &desk.loop, NULL), 0);
    desk.setup = (struct cf_writer_setup){.loop = desk.loop, .folder = desk.folder};
    return 0;
}

void desk_open(void)
{
    struct cf_error err = {0};
    if (cf_writer_create(&desk.setup, &desk.writer, &err) != CF_OK)
        fail_msg("%s", err.text);
    cf_writer_last(desk.writer, &desk.last_entry, &desk.last_decision);
    desk.written = desk.last_entry;
}

void desk_close(void)
{
    cf_writer_destroy(desk.writer);
    desk.writer = NULL;
    cf_loop_run(desk.loop);
}

int desk_tear_down(void **state)
{
    (void)state;
    desk_close();
    cf_loop_destroy(desk.loop); /* asserts that nothing is left open */
    folder_drop();
    return 0;
}

void desk_on_kept(void *context, int code)
{
    (void)context;
    *(code == CF_OK ? &desk.kept : &desk.refused) += 1;
    if (desk.stops && (uint64_t)(desk.kept + desk.refused) == desk.written)
        cf_loop_stop(desk.loop);
}

void desk_write(enum cf_what what, uint64_t decision, const char *text, bool waits)
{
    struct cf_session session;
    cf_session_init(&session);
    session.identity = (struct cf_identity){"host", "7", 1, 100};
    session.user = (char *)"ana";
    struct cf_entry entry = {.number = ++desk.written,
                             .decision = decision,
                             .at = cf_loop_wall(desk.loop),
                             .what = what,
                             .policy = "idle",
                             .session = &session,
                             .text = text};
    const struct cf_journal *journal = cf_writer_journal(desk.writer);
    journal->write(journal->data, &entry, waits ? desk_on_kept : NULL, NULL);
}

void desk_run(void)
{
    cf_loop_run_until(desk.loop, cf_loop_now(desk.loop));
}

bool desk_count_one(void *data, const struct cf_entry *entry)
{
    (void)entry;
    ++*(size_t *)data;
    return true;
}

size_t desk_count(const struct cf_query *query)
{
    size_t count = 0;
    struct cf_error err = {0};
    if (cf_query_run(desk.folder, query ? query : &CF_QUERY_ALL, desk_count_one, &count, &err) != CF_OK)
        fail_msg("%s", err.text);
    return count;
}

const char *desk_text(uint64_t *random)
{
    static const char *const odd[] = {"\"",   "\\", "\n", "\r\n",     ",", "\x1b[31m",
                                      "\xff", "ä",  "€",  "\xe2\x82", "'", ";"};
    static char texts[4][256];
    static int turn;
    char *text = texts[turn = (turn + 1) % 4];
    size_t used = 0;
    if (pick(random, 8) == 0)
        return NULL;
    for (int64_t length = pick(random, 40); length > 0; length--)
        if (pick(random, 5))
            text[used++] = (char)('a' + pick(random, 26));
        else
            for (const char *c = odd[pick(random, sizeof odd / sizeof *odd)]; *c; c++)
                text[used++] = *c;
    text[used] = '\0';
    return text;
}
