/* What the Event Viewer shows: the program has a message for each number, which is the sentence alone. */
#include "../unit.h"

#include "base/event_log_windows.h"
#include "engine/records/journal.h"
#include "journal/event_numbers.h"

#include <string.h>
#include <windows.h>

static HMODULE program;

static int open_program(void **state)
{
    (void)state;
    program = LoadLibraryExA(CF_TEST_CURFEW, NULL, LOAD_LIBRARY_AS_DATAFILE);
    assert_non_null(program);
    return 0;
}

static int close_program(void **state)
{
    (void)state;
    return FreeLibrary(program) ? 0 : -1;
}

/* As the Event Viewer makes it of an event; "": there is no message of this number. */
static const char *message(DWORD number)
{
    static char text[256];
    const char *sentence = "ana was logged off: idle for 30 % of an hour";
    DWORD_PTR arguments[] = {(DWORD_PTR)sentence};
    DWORD length = FormatMessageA(FORMAT_MESSAGE_FROM_HMODULE | FORMAT_MESSAGE_ARGUMENT_ARRAY, program,
                                  number, 0, text, sizeof text, (va_list *)(void *)arguments);
    text[length] = '\0';
    text[strcspn(text, "\r\n")] = '\0';
    return length ? strcmp(text, sentence) == 0 ? "the sentence" : text : "";
}

static void each_number_has_its_message(void **state)
{
    (void)state;
    for (DWORD number = CF_EVENT_ERROR; number <= CF_EVENT_NOTICE; number++)
        assert_string_equal(message(number), "the sentence");
#define HAS_MESSAGE(what, number) assert_string_equal(message(CF_EVENT_ENTRY + (number)), "the sentence");
    CF_EVENT_NUMBERS(HAS_MESSAGE)
    assert_string_equal(message(CF_EVENT_ENTRY - 1), "");
    assert_string_equal(message(CF_EVENT_ENTRY + CF_WHAT_COUNT), "");
}

/* Numbers that administrators may go by already: each is its kind's alone. */
static void no_number_is_given_twice(void **state)
{
    (void)state;
    bool given[CF_WHAT_COUNT] = {false};
#define IS_NEW(what, number)                                                                                 \
    assert_true((number) < CF_WHAT_COUNT && !given[number]);                                                 \
    given[number] = true;
    CF_EVENT_NUMBERS(IS_NEW)
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_number_has_its_message),
        cmocka_unit_test(no_number_is_given_twice),
    };
    return cmocka_run_group_tests(tests, open_program, close_program);
}
