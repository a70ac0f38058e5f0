/*
 * What people and logs are told: templates and what fills them, translations, notices on terminals, entries
 * in the system's log. The input's lines are the texts. Whatever they are, a notice is safe to display and no
 * line is wider than it may be, and an entry has each of its fields once and no other.
 */
#include "base/template.h"
#include "bindings/data.h"
#include "bindings/script.h"
#include "bindings/state/sandbox.h"
#include "bindings/state/time_values.h"
#include "fuzz.h"
#include "journal/mirror.h"
#include "journal/row.h"
#ifdef __linux__
#include "logind/notice.h"
#endif

enum { TEXTS = 8, COLUMNS = 79, NOTICE = 16 * 1024 };

/* ---- Templates ---- */

struct filling {
    const char *template, *value;
    char out[CF_LUA_TEXT];
};

static int fill(lua_State *L)
{
    struct filling *filling = lua_touserdata(L, 1);
    lua_createtable(L, 0, 3);
    cf_lua_push_span(L, cf_seconds(90));
    lua_setfield(L, -2, "span");
    lua_pushstring(L, filling->value);
    lua_setfield(L, -2, "name");
    lua_pushinteger(L, 7);
    lua_setfield(L, -2, "n");
    cf_lua_fill(
        L,
        &(struct cf_lua_template){.what = "warn", .text = filling->template, .values = 2, .keeps_left = true},
        filling->out);
    return 0;
}

/* The same, said plainly; NULL where it is nothing that can be filled in. */
static char *fill_plainly(const char *template, const char *value)
{
    static const char *const names[] = {"span", "name", "n", "left"};
    char words[CF_SPAN_TEXT];
    const char *const values[] = {cf_span_words_in(cf_seconds(90), NULL, words), value, "7", "{left}"};
    struct cf_buffer out = {0};
    cf_buffer_puts(&out, "");
    const char *at = template;
    size_t length;
    for (const char *open; (open = cf_template_next(at, &length)); at = open + length + 2) {
        size_t i = 0;
        while (i < 4 && (strlen(names[i]) != length || strncmp(names[i], open + 1, length) != 0))
            i++;
        if (i == 4) {
            cf_buffer_finish(&out);
            return NULL;
        }
        cf_buffer_add(&out, at, (size_t)(open - at));
        cf_buffer_puts(&out, values[i]);
    }
    cf_buffer_puts(&out, at);
    return out.data ? out.data : cf_strdup("");
}

static void check_template(const char *template, const char *value, const char *original)
{
    static struct cf_lua lua;
    struct cf_error err = {0};
    struct filling filling = {.template = template, .value = value};
    if (!lua.L)
        fuzz_check(cf_lua_open(&lua, CF_LUA_MEMORY, CF_LUA_BUDGET, &err) == 0);
    int code = cf_lua_protect(&lua, fill, &filling, &err);
    char *plain = fill_plainly(template, value);
    fuzz_check((code == 0) == (plain && strlen(plain) < CF_LUA_TEXT));
    fuzz_check(code != 0 || strcmp(filling.out, plain) == 0);
    fuzz_check(code == 0 || strstr(err.text, "warn: "));
    free(plain);

    /* A translation that is let through names nothing that the text does not. */
    if (cf_template_check(template, original, &err) == 0) {
        size_t length, other;
        const char *at = template;
        for (; (at = cf_template_next(at, &length)); at++) {
            const char *in = original;
            while ((in = cf_template_next(in, &other)) &&
                   (other != length || strncmp(in, at, length + 2) != 0))
                in++;
            fuzz_check(in);
        }
    }
}

/* ---- Translations ---- */

static void check_translations(const uint8_t *data, size_t size)
{
    json_t *texts = NULL;
    struct cf_error err = {0};
    const char *path = fuzz_file(data, size);
    if (cf_lua_table(path, &texts, &err) == 0)
        fuzz_check(json_is_object(texts) || json_array_size(texts) > 0);
    else
        fuzz_check(err.code == CF_POLICY && err.text[0]);
    if (texts && cf_lua_doubles(path, &err) != 0)
        fuzz_check(err.code == CF_POLICY);
    json_decref(texts);
}

/* ---- Notices ---- */

#ifdef __linux__
static void check_notice(const char *title, const char *text, const char *ask, const char *language)
{
    struct cf_buffer out = {0};
    cf_notice_lines(&out, title, text, ask, language);
    fuzz_check(out.length < NOTICE && out.length >= 3 && memcmp(out.data, "\r\n\a", 3) == 0);
    fuzz_check(strlen(out.data) == out.length);
    for (char *at = out.data + 3; *at;) {
        char *end = strstr(at, "\r\n"), safe[CF_ERROR_SIZE];
        fuzz_check(end);
        *end = '\0';
        fuzz_check(strlen(at) < sizeof safe);
        (void)cf_text_safe(at, safe, sizeof safe);
        fuzz_check(strcmp(safe, at) == 0);
        int columns = 0;
        for (const char *letter = at; *letter; letter += cf_utf8_length(letter))
            columns++;
        fuzz_check(columns > 0 && columns <= COLUMNS);
        at = end + 2;
    }
    cf_buffer_finish(&out);
}
#else
static void check_notice(const char *title, const char *text, const char *ask, const char *language)
{
    (void)title, (void)text, (void)ask, (void)language;
}
#endif

/* ---- The system's log ---- */

static const char *const fields[] = {
    "MESSAGE",         "MESSAGE_ID",      "PRIORITY",       "SYSLOG_IDENTIFIER", "CURFEW_WHAT",
    "CURFEW_NUMBER",   "CURFEW_DECISION", "CURFEW_DRY_RUN", "CURFEW_CODE",       "CURFEW_POLICY",
    "CURFEW_LINE",     "CURFEW_HOST",     "CURFEW_SESSION", "CURFEW_USER",       "CURFEW_IDLE_USEC",
    "CURFEW_UNWARNED", "CURFEW_IN_USE",   "CURFEW_REASON",  "CURFEW_TEXT",       "CURFEW_REVISION"};

enum { FIELDS = sizeof fields / sizeof *fields };

/* Takes the next field of the datagram as systemd would: "NAME=value\n", or "NAME\n", a length, the value and
 * "\n". */
static const char *take_field(const char *at, const char *end, size_t *ret_field, const char **ret_value,
                              size_t *ret_length)
{
    size_t name = 0, field = 0;
    while (at + name < end && at[name] != '=' && at[name] != '\n')
        name++;
    fuzz_check(at + name < end);
    while (field < FIELDS && (strlen(fields[field]) != name || memcmp(fields[field], at, name) != 0))
        field++;
    fuzz_check(field < FIELDS);
    const char *value = at + name + 1;
    uint64_t length = 0;
    if (at[name] == '=') {
        const char *feed = memchr(value, '\n', (size_t)(end - value));
        fuzz_check(feed);
        length = (uint64_t)(feed - value);
    } else {
        fuzz_check(end - value >= 8);
        for (int i = 0; i < 8; i++)
            length |= (uint64_t)(unsigned char)value[i] << 8 * i;
        value += 8;
        fuzz_check(length < (uint64_t)(end - value) && value[length] == '\n');
    }
    *ret_field = field;
    *ret_value = value;
    *ret_length = (size_t)length;
    return value + length + 1;
}

static void check_same(const char *wanted, const char *value, size_t length)
{
    size_t most = strlen(wanted) < CF_ROW_TEXT ? strlen(wanted) : CF_ROW_TEXT;
    fuzz_check(length == most && memcmp(wanted, value, length) == 0);
}

static void check_entry(char *const *texts, enum cf_what what)
{
    struct cf_session session;
    cf_session_init(&session);
    session.identity = (struct cf_identity){.host = texts[3], .id = texts[4], .birth = 1};
    session.user = texts[5];
    const struct cf_entry entry = {.number = 7,
                                   .what = what,
                                   .policy = texts[2],
                                   .session = &session,
                                   .text = texts[0],
                                   .reason = texts[1],
                                   .revision = texts[6]};
    const char *const wanted[FIELDS] = {[9] = texts[2],
                                        [11] = texts[3],
                                        [12] = texts[4],
                                        [13] = texts[5],
                                        [17] = cf_entry_reason(&entry),
                                        [18] = cf_what_is_told(what) ? texts[0] : NULL,
                                        [19] = texts[6]};
    struct cf_buffer datagram = {0};
    unsigned seen = 0;
    cf_mirror_compose(&entry, &datagram);
    for (const char *at = datagram.data, *end = at + datagram.length; at < end;) {
        size_t field, length;
        const char *value;
        at = take_field(at, end, &field, &value, &length);
        fuzz_check(!(seen & 1u << field));
        seen |= 1u << field;
        if (wanted[field])
            check_same(wanted[field], value, length);
        fuzz_check(field != 0 || !memchr(value, '\n', length)); /* the message is one line */
    }
    for (size_t i = 0; i < FIELDS; i++)
        fuzz_check(!wanted[i] || seen & 1u << i);
    cf_buffer_finish(&datagram);
}

/* Lines are told apart by 0xFF, so that they may hold line feeds. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char none[] = "";
    char *text = fuzz_text(data, size), *rest = text, *texts[TEXTS];
    for (int i = 0; i < TEXTS; i++) {
        texts[i] = rest ? strsep(&rest, "\xFF") : NULL;
        texts[i] = texts[i] ? texts[i] : none;
    }
    check_template(texts[0], texts[1], texts[2]);
    check_notice(texts[0], texts[1], texts[2], texts[3]);
    check_notice(NULL, texts[0], size % 2 ? texts[1] : NULL, "pt_BR");
    check_entry(texts, (enum cf_what)(size % CF_WHAT_COUNT));
    check_translations(data, size);
    fuzz_check(!cf_language_is(texts[3]) || strlen(texts[3]) <= 7);
    free(text);
    return 0;
}
