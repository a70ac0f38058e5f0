/* Spans and instants: what was read is printed so that it is read as the same again. */
#include "fuzz.h"
#include "time/instant.h"

static void span(const char *text)
{
    struct cf_span first, again;
    struct cf_error err;
    char out[CF_SPAN_TEXT];
    if (cf_span_parse(text, &first, &err) != 0) {
        fuzz_check(err.code == CF_USAGE && err.text[0]);
        return;
    }
    fuzz_check(cf_span_parse(cf_span_brief(first, out), &again, NULL) == 0 && again.us == first.us);
    (void)cf_span_words_in(first, "pt_BR", out);
    /* Words leave out what is small. */
    fuzz_check(cf_span_parse(cf_span_words(first, out), &again, NULL) == 0);
    fuzz_check(first.us < 0 ? again.us >= first.us && again.us <= 0 : again.us <= first.us && again.us >= 0);
}

static void instant(const char *text, const struct cf_zone *zone)
{
    struct cf_instant first, again;
    struct cf_error err;
    char out[CF_INSTANT_TEXT];
    if (cf_instant_parse(text, zone, &first, &err) != 0) {
        fuzz_check(err.code == CF_USAGE && err.text[0]);
        return;
    }
    fuzz_check(cf_instant_parse(cf_instant_utc(first, out), NULL, &again, NULL) == 0 && again.us == first.us);
    (void)cf_instant_local(first, zone, out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    const struct cf_zone *berlin;
    fuzz_check(cf_zone_get("Europe/Berlin", &berlin, NULL) == 0);
    span(text);
    instant(text, berlin);
    instant(text, cf_zone_utc());
    free(text);
    return 0;
}
