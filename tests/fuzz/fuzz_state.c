/*
 * What logind has written of a session: any bytes. What is taken is a session on a terminal with all that is
 * needed of it, and the same when it is written down again and taken from there.
 */
#include "fuzz.h"
#include "logind/state_file.h"

#include <inttypes.h>

static bool take(const char *bytes, size_t size, struct cf_properties *properties)
{
    char *text = malloc(size + 1);
    fuzz_check(text);
    memcpy(text, bytes, size);
    text[size] = '\0';
    cf_properties_init(properties);
    bool taken = cf_state_file_take(properties, text) == CF_OK;
    free(text);
    return taken;
}

static void print_text(FILE *out, const char *key, const char *value)
{
    if (value)
        fprintf(out, "%s=%s\n", key, value);
}

static void print(FILE *out, const struct cf_properties *from)
{
    fprintf(out, "UID=%" PRId64 "\nUSER=%s\nACTIVE=%d\nSTATE=%s\nREMOTE=%d\nTYPE=%s\nCLASS=%s\nSCOPE=%s\n",
            from->uid, from->name, from->active == CF_TRI_YES, from->state, from->remote == CF_TRI_YES,
            from->type, from->class_, from->scope);
    print_text(out, "SEAT", from->seat);
    print_text(out, "TTY", from->tty);
    print_text(out, "DISPLAY", from->display);
    print_text(out, "REMOTE_HOST", from->remote_host);
    print_text(out, "SERVICE", from->service);
    print_text(out, "DESKTOP", from->desktop);
    if (from->leader_pidfd != CF_NUMBER_UNKNOWN)
        fprintf(out, "LEADER_PIDFDID=%" PRId64 "\n", from->leader_pidfd);
    fprintf(out, "LEADER=%" PRId64 "\nREALTIME=%" PRId64 "\nMONOTONIC=%" PRId64 "\n", from->leader,
            from->logon, from->logon_awake);
}

static char *printed(const struct cf_properties *from, size_t *size)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, size);
    fuzz_check(out);
    print(out, from);
    fuzz_check(fclose(out) == 0);
    return text;
}

static void check(const struct cf_properties *properties)
{
    struct cf_properties again;
    size_t size, size_again;
    fuzz_check(strcmp(properties->type, "tty") == 0 && properties->logon_awake > 0 && properties->uid >= 0 &&
               properties->leader >= 0 && properties->active && properties->remote && properties->name &&
               properties->state && properties->class_ && properties->scope);
    fuzz_check(cf_properties_birth(properties) > 0);
    char *text = printed(properties, &size);
    fuzz_check(take(text, size, &again));
    char *text_again = printed(&again, &size_again);
    fuzz_check(size == size_again && memcmp(text, text_again, size) == 0);
    free(text);
    free(text_again);
    cf_properties_finish(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cf_properties properties;
    if (take((const char *)data, size, &properties))
        check(&properties);
    cf_properties_finish(&properties);
    return 0;
}
