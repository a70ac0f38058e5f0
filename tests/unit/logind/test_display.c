/* Whether the X display that an agent was given may be its session's. */
#include "logind/display.h"

#include "../unit.h"

static void what_may_be_the_same(void **state)
{
    (void)state;
    static const struct {
        const char *own, *given;
        bool may;
    } cases[] = {
        {":10", ":10", true},
        {":10", ":10.0", true}, /* as xrdp says it */
        {":10", "unix:10", true},
        {"unix:10.1", ":10", true},
        {"desk.example:0", "desk.example:0.0", true}, /* an X terminal */
        {":10", NULL, true},
        {NULL, NULL, true},
        {NULL, ":10", true},
        {":10", ":1", false},
        {":1", ":10", false},
        {":1", ":11", false},
        {":10", "desk.example:10", false},
        {"desk.example:0", ":0", false},
        {"desk.example:0", "desk.exampl3:0", false},
        {":10", "", false}, /* closed to it */
        {NULL, "", false},
        {":10", "10", false},
        {":10", ":", false},
        {":10", ":x", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (cf_display_may_be(cases[i].own, cases[i].given) != cases[i].may)
            fail_msg("%s and %s", cases[i].own, cases[i].given);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_may_be_the_same)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
