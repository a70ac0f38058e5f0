#include "../unit.h"

#include "base/template.h"

#include <string.h>

static void test_next(void **state)
{
    (void)state;
    static const struct {
        const char *text, *names; /* each behind a blank */
    } rows[] = {
        {"", ""},        {"no names", ""},         {"in {left}.", " left"}, {"{a}{b_2}", " a b_2"},
        {"{{a}}", " a"}, {"{} {2x} { a } {a", ""}, {"{a b} {c}", " c"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char names[64] = "";
        size_t length;
        for (const char *at = rows[i].text; (at = cf_template_next(at, &length)); at++) {
            (void)strcat(names, " ");
            (void)strncat(names, at + 1, length);
        }
        assert_string_equal(names, rows[i].names);
    }
}

static void test_check(void **state)
{
    (void)state;
    struct cf_error err;
    assert_int_equal(cf_template_check("ends in {left}", "{left} to go", &err), 0);
    assert_int_equal(cf_template_check("it ends", "{left} to go", &err), 0);
    assert_int_equal(cf_template_check("{left} of {limit}", "{limit}, {left}", &err), 0);
    assert_int_equal(cf_template_check("{left} of {lefty}", "{left} to go", &err), CF_POLICY);
    assert_string_equal(err.text, "\"{left} of {lefty}\" names {lefty}, which \"{left} to go\" does not");
    assert_int_equal(cf_template_check("{lef}", "{left}", NULL), CF_POLICY);
}

static void test_languages(void **state)
{
    (void)state;
    static const char *const languages[] = {"pt", "pt_BR", "fil", "es_419"};
    static const char *const others[] = {"",     "p",       "PT",    "pt-BR", "pt_",
                                         "pt_B", "pt_BRAS", "pt_br", "lang",  "_BR"};
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++)
        assert_true(cf_language_is(languages[i]));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(cf_language_is(others[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_next),
        cmocka_unit_test(test_check),
        cmocka_unit_test(test_languages),
    };
    return cmocka_run_group_tests_name("template", tests, NULL, NULL);
}
