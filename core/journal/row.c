#include "journal/row.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum column {
    NUMBER,
    DECISION,
    AT,
    WHAT,
    DRY,
    CODE,
    POLICY,
    LINE,
    HOST,
    SESSION,
    BOOT,
    BIRTH,
    USER,
    UID,
    NAME,
    IDLE,
    TEXT,
    REASON,
    UNWARNED,
    IN_USE,
    REVISION,
    BY_USER
};

/* A row without a birth is about no session in particular. Decisions are looked up by what came of them. */
const char cf_row_schema[] =
    "CREATE TABLE entries (number INTEGER PRIMARY KEY, decision INTEGER NOT NULL, at INTEGER NOT NULL,"
    " what TEXT NOT NULL, dry INTEGER NOT NULL, code INTEGER NOT NULL, policy TEXT, line INTEGER NOT NULL,"
    " host TEXT, session TEXT, boot INTEGER, birth INTEGER, user TEXT, uid INTEGER, name TEXT,"
    " idle_us INTEGER NOT NULL, text TEXT, reason TEXT, unwarned INTEGER NOT NULL DEFAULT 0,"
    " in_use INTEGER NOT NULL DEFAULT 0, revision TEXT, by_user INTEGER NOT NULL DEFAULT 0);"
    "CREATE INDEX entries_decision ON entries (decision, what, dry) WHERE decision > 0;";

/* What running engines are asked for, by `why`, and what goes first when the journal is too large: a search
 * each, whatever it has. Old journals get them, too; they change nothing of what an older curfew can read. */
const char cf_row_indexes[] =
    "CREATE INDEX IF NOT EXISTS entries_own ON entries (uid, session, at);"
    "CREATE INDEX IF NOT EXISTS entries_session ON entries (session, at);"
    "CREATE INDEX IF NOT EXISTS entries_user ON entries (user, at);"
    "CREATE INDEX IF NOT EXISTS entries_by_user ON entries (number) WHERE by_user = 1;"
    "CREATE INDEX IF NOT EXISTS entries_apart ON entries (number) WHERE decision = 0;";

const char cf_row_by_user[] = "ALTER TABLE entries ADD COLUMN by_user INTEGER NOT NULL DEFAULT 0";

const char cf_row_upgrade[] = "ALTER TABLE entries ADD COLUMN reason TEXT;"
                              "ALTER TABLE entries ADD COLUMN unwarned INTEGER NOT NULL DEFAULT 0;"
                              "ALTER TABLE entries ADD COLUMN in_use INTEGER NOT NULL DEFAULT 0;"
                              "ALTER TABLE entries ADD COLUMN revision TEXT;";

const char cf_row_insert[] =
    "INSERT INTO entries (" CF_ROW_COLUMNS ", by_user) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";

/* ---- On its own ---- */

static char *cut(const char *text)
{
    char *copy = cf_strdup(text);
    if (!copy || strlen(copy) <= CF_ROW_TEXT)
        return copy;
    size_t length = CF_ROW_TEXT;
    while (length > CF_ROW_TEXT - 4 && ((unsigned char)copy[length] & 0xC0) == 0x80)
        length--; /* not within a character */
    copy[length] = '\0';
    return copy;
}

struct cf_row *cf_row_create(const struct cf_entry *entry)
{
    struct cf_row *row = cf_alloc(sizeof *row);
    row->entry = *entry;
    row->entry.policy = cf_strdup(entry->policy);
    row->entry.text = cut(entry->text);
    row->entry.reason = cut(entry->reason);
    row->entry.revision = cf_strdup(entry->revision);
    cf_session_init(&row->session);
    if (!entry->session)
        return row;
    row->entry.session = &row->session;
    row->session.identity = entry->session->identity;
    row->session.identity.host = cf_strdup(entry->session->identity.host);
    row->session.identity.id = cf_strdup(entry->session->identity.id);
    row->session.uid = entry->session->uid;
    cf_session_set_string(&row->session, CF_FIELD_USER, entry->session->user);
    cf_session_set_string(&row->session, CF_FIELD_NAME, entry->session->name);
    return row;
}

void cf_row_destroy(struct cf_row *row)
{
    if (!row)
        return;
    free((char *)(uintptr_t)row->entry.policy);
    free((char *)(uintptr_t)row->entry.text);
    free((char *)(uintptr_t)row->entry.reason);
    free((char *)(uintptr_t)row->entry.revision);
    cf_session_finish(&row->session);
    free(row);
}

void cf_rows_add(struct cf_rows *rows, struct cf_row *row)
{
    row->next = NULL;
    if (!rows->first)
        rows->end = &rows->first;
    *rows->end = row;
    rows->end = &row->next;
}

void cf_rows_finish(struct cf_rows *rows)
{
    for (struct cf_row *row; (row = rows->first);) {
        rows->first = row->next;
        cf_row_destroy(row);
    }
}

/* ---- To the table ---- */

static void bind_text(sqlite3_stmt *insert, enum column column, const char *text)
{
    (void)sqlite3_bind_text(insert, (int)column + 1, text, -1, SQLITE_STATIC); /* NULL is NULL */
}

static void bind_number(sqlite3_stmt *insert, enum column column, int64_t number)
{
    (void)sqlite3_bind_int64(insert, (int)column + 1, number);
}

void cf_row_bind(sqlite3_stmt *insert, const struct cf_entry *entry)
{
    const struct cf_session *session = entry->session;
    (void)sqlite3_clear_bindings(insert);
    bind_number(insert, NUMBER, (int64_t)entry->number);
    bind_number(insert, DECISION, (int64_t)entry->decision);
    bind_number(insert, AT, entry->at.us);
    bind_text(insert, WHAT, cf_what_name(entry->what));
    bind_number(insert, DRY, entry->dry);
    bind_number(insert, CODE, entry->code);
    bind_text(insert, POLICY, entry->policy);
    bind_number(insert, LINE, entry->line);
    bind_number(insert, IDLE, entry->idle.us);
    bind_text(insert, TEXT, entry->text);
    bind_text(insert, REASON, entry->reason);
    bind_number(insert, UNWARNED, entry->unwarned);
    bind_number(insert, IN_USE, entry->in_use);
    bind_text(insert, REVISION, entry->revision);
    bind_number(insert, BY_USER, entry->by_user);
    if (!session)
        return;
    bind_text(insert, HOST, session->identity.host);
    bind_text(insert, SESSION, session->identity.id);
    bind_number(insert, BOOT, (int64_t)session->identity.boot);
    bind_number(insert, BIRTH, session->identity.birth);
    bind_text(insert, USER, session->user);
    bind_text(insert, NAME, session->name);
    if (session->uid != CF_NUMBER_UNKNOWN)
        bind_number(insert, UID, session->uid);
}

/* ---- From the table ---- */

static const char *text_at(sqlite3_stmt *select, enum column column)
{
    return (const char *)sqlite3_column_text(select, (int)column);
}

static int64_t number_at(sqlite3_stmt *select, enum column column)
{
    return sqlite3_column_int64(select, (int)column);
}

bool cf_row_read(sqlite3_stmt *select, struct cf_entry *ret_entry, struct cf_session *session)
{
    const char *word = text_at(select, WHAT);
    int what = cf_what_by_name(word ? word : "");
    if (what < 0)
        return false;
    *ret_entry = (struct cf_entry){.number = (uint64_t)number_at(select, NUMBER),
                                   .decision = (uint64_t)number_at(select, DECISION),
                                   .at = {number_at(select, AT)},
                                   .at_mono = CF_MONO_UNKNOWN,
                                   .what = (enum cf_what)what,
                                   .dry = number_at(select, DRY) != 0,
                                   .code = (int)number_at(select, CODE),
                                   .policy = text_at(select, POLICY),
                                   .line = (int)number_at(select, LINE),
                                   .idle = {number_at(select, IDLE)},
                                   .text = text_at(select, TEXT),
                                   .reason = text_at(select, REASON),
                                   .unwarned = number_at(select, UNWARNED) != 0,
                                   .in_use = number_at(select, IN_USE) != 0,
                                   .revision = text_at(select, REVISION)};
    if (sqlite3_column_type(select, BIRTH) == SQLITE_NULL)
        return true;
    cf_session_init(session);
    session->identity = (struct cf_identity){.host = text_at(select, HOST),
                                             .id = text_at(select, SESSION),
                                             .boot = (uint64_t)number_at(select, BOOT),
                                             .birth = number_at(select, BIRTH)};
    session->user = (char *)(uintptr_t)text_at(select, USER);
    session->name = (char *)(uintptr_t)text_at(select, NAME);
    if (sqlite3_column_type(select, UID) != SQLITE_NULL)
        session->uid = number_at(select, UID);
    ret_entry->session = session;
    return true;
}
