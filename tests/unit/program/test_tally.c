#include "program/output/tally.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void happen(struct cf_tally *tally, int64_t hour, uint32_t label, enum cf_event_kind kind,
                   const char *text)
{
    struct cf_event event = {.kind = kind, .label = label, .text = text};
    cf_tally_event(tally, &event, (struct cf_mono){hour * CF_HOUR.us});
}

static void saves_from_the_end_until_the_user_comes_back(void **state)
{
    (void)state;
    struct cf_tally tally = {0};
    happen(&tally, 0, 0, CF_EVENT_LOGON, NULL);
    happen(&tally, 0, 900, CF_EVENT_LOGON, NULL);
    happen(&tally, 1, 0, CF_EVENT_LOGOFF, "ended"); /* by a policy, until 4: 3 hours */
    happen(&tally, 2, 900, CF_EVENT_LOGOFF, NULL);  /* by the user */
    happen(&tally, 4, 0, CF_EVENT_LOGON, NULL);
    happen(&tally, 9, 0, CF_EVENT_INPUT, NULL);
    happen(&tally, 10, 0, CF_EVENT_LOGOFF, "ended"); /* until the end: 2 hours */
    happen(&tally, 11, 0, CF_EVENT_STEP, NULL);      /* is nobody's */
    cf_tally_end(&tally, (struct cf_mono){12 * CF_HOUR.us});
    assert_int_equal(tally.saved.us, 5 * CF_HOUR.us);
    assert_int_equal(tally.sessions, 3);
    cf_tally_finish(&tally);
}

static void prints_for_people_and_for_programs(void **state)
{
    (void)state;
    struct cf_tally tally = {.sessions = 3, .saved = {5 * CF_HOUR.us + 360 * CF_SECOND.us}};
    static const enum cf_what entries[] = {CF_WHAT_WARN, CF_WHAT_WARN, CF_WHAT_LOGOFF, CF_WHAT_VETOED,
                                           CF_WHAT_REFUSED};
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++)
        cf_tally_entry(&tally, &(struct cf_entry){.what = entries[i]});
    struct cf_buffer out = {0};
    cf_tally_json(&tally, &out);
    assert_string_equal(
        out.data, "{\"summary\":{\"sessions\":3,\"warned\":2,\"answered\":0,\"logged_off\":1,\"forced\":0,"
                  "\"spared\":2,\"failed\":0,\"saved\":18360}}\n");
    cf_buffer_clear(&out);
    cf_tally_print(&tally, &out);
    assert_non_null(strstr(out.data, "  warnings                   2\n"));
    assert_non_null(strstr(out.data, "5.1 h\n"));
    cf_buffer_finish(&out);
    cf_tally_finish(&tally);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(saves_from_the_end_until_the_user_comes_back),
        cmocka_unit_test(prints_for_people_and_for_programs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
