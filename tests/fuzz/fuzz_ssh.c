/* Other hosts by ssh: which names are given to it, words that a shell there reads as they were, and what its
 * end is said to mean. */
#include "base/ssh.h"
#include "fuzz.h"

enum { WORDS = 16, SHELL_EACH = 64 };

/* What a shell makes of one command line (POSIX, 2.2 and 2.6), as far as it says anything here: words in
 * single quotes, and backslashes outside. Ends in an empty line. */
static void read_words(const char *line, struct cf_buffer *out)
{
    bool quoted = false, any = false;
    for (; *line; line++) {
        if (quoted && *line != '\'') {
            cf_buffer_add(out, line, 1);
        } else if (*line == '\'') {
            quoted = !quoted;
            any = true;
        } else if (*line == ' ') {
            cf_buffer_puts(out, any ? "\xFF" : "");
            any = false;
        } else {
            fuzz_check(line[0] == '\\' && line[1] == '\''); /* nothing else stands outside */
            cf_buffer_add(out, ++line, 1);
        }
    }
    fuzz_check(!quoted);
    cf_buffer_puts(out, any ? "\xFF" : "");
}

/* The same by the shell itself. */
static void ask_shell(const char *line, struct cf_buffer *out)
{
    struct cf_buffer command = {0};
    char bytes[4096];
    size_t length;
    cf_buffer_printf(&command, "printf '%%s\\377' %s", line);
    FILE *shell = popen(command.data, "re");
    fuzz_check(shell);
    while ((length = fread(bytes, 1, sizeof bytes, shell)) > 0)
        cf_buffer_add(out, bytes, length);
    fuzz_check(pclose(shell) == 0);
    cf_buffer_finish(&command);
}

static void check_words(const char *text, bool shell)
{
    struct cf_buffer line = {0}, wanted = {0}, got = {0};
    char *copy = cf_strdup(text), *at = copy;
    for (int count = 0; at && count < WORDS; count++) {
        const char *word = strsep(&at, "\xFF");
        cf_ssh_quote(&line, word);
        cf_buffer_printf(&wanted, "%s\xFF", word);
    }
    read_words(line.data, &got);
    fuzz_check(got.length == wanted.length && memcmp(got.data, wanted.data, got.length) == 0);
    cf_buffer_clear(&got);
    if (shell) {
        ask_shell(line.data, &got);
        fuzz_check(got.length == wanted.length && memcmp(got.data, wanted.data, got.length) == 0);
    }
    cf_buffer_finish(&line);
    cf_buffer_finish(&wanted);
    cf_buffer_finish(&got);
    free(copy);
}

/* A name that is taken is no option, has no letter that means anything to a shell, and stands behind "--". */
static void check_name(const char *name)
{
    const char *words[CF_SSH_WORDS];
    struct cf_error err = {0};
    if (cf_ssh_check(name, &err) != CF_OK) {
        fuzz_check(err.code == CF_USAGE && err.text[0]);
        return;
    }
    const char *host = strrchr(name, '@') ? strrchr(name, '@') + 1 : name;
    fuzz_check(name[0] != '-' && host[0] != '-' && host[0] && strlen(name) <= CF_SSH_NAME);
    fuzz_check(!strpbrk(name, " \t\r\n'\"\\$`&|;<>()*?[]#~=!{}/,"));
    cf_ssh_words(name, false, "command", words);
    int end = 0, dashes = 0;
    while (words[end])
        end++;
    while (words[dashes] && strcmp(words[dashes], "--") != 0)
        dashes++;
    fuzz_check(end < CF_SSH_WORDS && dashes + 3 == end && words[dashes + 1] == name);
}

static void check_end(const char *said, size_t size)
{
    static const int64_t statuses[] = {255, 127, 0, 1, -15};
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        struct cf_error err = {0};
        char safe[CF_ERROR_SIZE];
        int code = cf_ssh_explain("h2", "curfew", statuses[i], said, &err);
        fuzz_check((code == CF_UNAVAILABLE || code == CF_DENIED) && err.code == code && err.text[0]);
        fuzz_check(!strchr(err.text, '\n') && strncmp(err.text, "h2: ", 4) == 0);
        (void)cf_text_safe(err.text, safe, sizeof safe);
        fuzz_check(strcmp(safe, err.text) == 0);
    }
    (void)size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static unsigned inputs;
    char *text = fuzz_text(data, size);
    check_name(text);
    check_words(text, inputs++ % SHELL_EACH == 0);
    check_end(text, size);
    free(text);
    return 0;
}
