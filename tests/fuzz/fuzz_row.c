/* Rows of the journal as somebody else might have left them: a line a column, by its first letter a number, a
 * text, bytes or nothing. What is read survives being kept and read again, and is sound JSON. */
#include "fuzz.h"
#include "journal/row.h"

#include <jansson.h>

enum { COLUMNS = 17 };

static void set_column(sqlite3_stmt *row, int column, const char *word, size_t length)
{
    switch (length ? *word : '\0') {
    case 'n': (void)sqlite3_bind_int64(row, column, strtoll(word + 1, NULL, 10)); break;
    case 'r': (void)sqlite3_bind_double(row, column, strtod(word + 1, NULL)); break;
    case 'b': (void)sqlite3_bind_blob(row, column, word + 1, (int)length - 1, SQLITE_STATIC); break;
    case '\0': (void)sqlite3_bind_null(row, column); break;
    default: (void)sqlite3_bind_text(row, column, word, (int)length, SQLITE_STATIC);
    }
}

static void print(const struct cf_entry *entry, struct cf_buffer *out)
{
    cf_json_line(out, cf_entry_json(entry));
    json_t *value = json_loads(out->data, JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, NULL);
    fuzz_check(json_is_object(value));
    json_decref(value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static sqlite3 *sqlite;
    static sqlite3_stmt *row;
    static const char select[] = "SELECT ?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?";
    if (!row)
        fuzz_check(sqlite3_open(":memory:", &sqlite) == SQLITE_OK &&
                   sqlite3_prepare_v2(sqlite, select, -1, &row, NULL) == SQLITE_OK);
    char *text = fuzz_text(data, size), *at = text;
    for (int i = 1; i <= COLUMNS; i++) {
        size_t length = strcspn(at, "\n");
        set_column(row, i, at, length);
        at += length + (at[length] != '\0');
    }
    struct cf_entry entry;
    struct cf_session session;
    fuzz_check(sqlite3_step(row) == SQLITE_ROW);
    if (cf_row_read(row, &entry, &session)) {
        struct cf_buffer first = {0}, again = {0};
        struct cf_row *copy = cf_row_create(&entry);
        print(&entry, &first);
        print(&copy->entry, &again);
        fuzz_check(size > CF_ROW_TEXT || strcmp(first.data, again.data) == 0);
        cf_row_destroy(copy);
        cf_buffer_finish(&first);
        cf_buffer_finish(&again);
    }
    (void)sqlite3_reset(row);
    (void)sqlite3_clear_bindings(row);
    free(text);
    return 0;
}
