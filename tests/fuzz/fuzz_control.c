/* The lines of the control protocol, read both as a request and as an answer; what was read survives a round
 * trip. */
#include "control/protocol.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS = 1000 };

static void check_request(const char *line, size_t length)
{
    struct cf_control_request request, again;
    struct cf_error err = {0};
    struct cf_buffer written = {0};
    int code = cf_control_request_read(line, length, &request, &err);
    fuzz_check(code == CF_OK || (err.code == code && err.text[0]));
    if (code == CF_OK && json_object_size(request.words) <= WORDS) {
        static const char *words[2 * WORDS + 1];
        const char *name;
        const json_t *word;
        size_t count = 0;
        json_object_foreach(request.words, name, word)
        {
            words[count++] = name;
            words[count++] = json_string_value(word);
        }
        words[count] = NULL;
        cf_control_request_write(&written, request.id, request.verb, words);
        fuzz_check(cf_control_request_read(written.data, written.length, &again, &err) == CF_OK);
        fuzz_check(again.id == request.id && strcmp(again.verb, request.verb) == 0);
        fuzz_check(json_equal(again.words, request.words));
        cf_control_request_finish(&again);
    } else if (code) {
        cf_control_error_write(&written, request.id, &err);
        fuzz_check(memchr(written.data, '\n', written.length) == written.data + written.length - 1);
    }
    cf_buffer_finish(&written);
    cf_control_request_finish(&request);
}

static void check_answer(const char *line, size_t length)
{
    json_t *result = NULL, *again = NULL;
    struct cf_error err = {0}, told = {0};
    struct cf_buffer written = {0};
    int code = cf_control_reply_read(line, length, &result, &err);
    if (code == CF_OK) {
        cf_control_result_write(&written, 1, result);
        fuzz_check(cf_control_reply_read(written.data, written.length, &again, &told) == CF_OK);
        fuzz_check(json_equal(result, again));
    } else {
        cf_control_error_write(&written, 1, &err);
        fuzz_check(cf_control_reply_read(written.data, written.length, &again, &told) == code);
    }
    cf_buffer_finish(&written);
    json_decref(result);
    json_decref(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_request((const char *)data, size);
    check_answer((const char *)data, size);
    return 0;
}
