#include "told.h"

static struct {
    uv_mutex_t mutex;
    char lines[1 << 16];
    size_t used;
} said;

static void hear(void *data, enum cf_log_level level, const char *line)
{
    (void)data;
    (void)level;
    uv_mutex_lock(&said.mutex);
    int length = snprintf(said.lines + said.used, sizeof said.lines - said.used, "%s\n", line);
    said.used += (size_t)length;
    assert_true(said.used < sizeof said.lines);
    uv_mutex_unlock(&said.mutex);
}

void told_forget(void)
{
    said.used = 0;
    said.lines[0] = '\0';
}

int told_count(const char *text, unsigned long long *ret_sum)
{
    int count = 0;
    unsigned long long sum = 0;
    uv_mutex_lock(&said.mutex);
    for (const char *at = said.lines; (at = strstr(at, text)); at++, count++) {
        const char *digits = at;
        while (digits > said.lines && digits[-1] >= '0' && digits[-1] <= '9')
            digits--;
        sum += strtoull(digits, NULL, 10);
    }
    uv_mutex_unlock(&said.mutex);
    if (ret_sum)
        *ret_sum = sum;
    return count;
}

int told_set_up(void **state)
{
    (void)desk_set_up(state);
    (void)rig_set_up(state);
    rig.config.policy_count = 0;
    desk.setup.loop = rig.loop;
    desk.setup.patience = (struct cf_span){2000};
    desk.setup.retention = (struct cf_retention){.keep = CF_DAY, .bytes = 1 << 20};
    (void)uv_mutex_init(&said.mutex);
    told_forget();
    cf_log_set_level(CF_LOG_WARNING);
    cf_log_set_writer(hear, NULL);
    return 0;
}

void told_end_engine(void)
{
    cf_engine_destroy(rig.engine);
    rig.engine = NULL;
    cf_writer_destroy(desk.writer);
    desk.writer = NULL;
    cf_loop_run(rig.loop);
}

int told_tear_down(void **state)
{
    told_end_engine();
    cf_log_set_writer(NULL, NULL);
    uv_mutex_destroy(&said.mutex);
    (void)rig_tear_down(state);
    return desk_tear_down(state);
}

void told_begin_engine(void)
{
    struct cf_error err = {0};
    struct cf_engine_setup setup = {.loop = rig.loop,
                                    .backend = &cf_sim_ops,
                                    .backend_setup = &rig.host,
                                    .policy_host = &rig_policy_host,
                                    .config = &rig.config,
                                    .journal = cf_writer_journal(desk.writer),
                                    .last_entry = desk.last_entry,
                                    .last_decision = desk.last_decision,
                                    .zone = cf_zone_utc()};
    if (cf_engine_create(&setup, &rig.engine, &err) != CF_OK)
        fail_msg("%s", err.text);
    cf_writer_attach(desk.writer, rig.engine);
}

void told_wait(struct cf_span span)
{
    cf_loop_run_until(rig.loop, cf_mono_add(cf_loop_now(rig.loop), span));
}

void told_run(void)
{
    told_wait((struct cf_span){0});
}

/* ---- What the journal has ---- */

struct row told_rows[64];
size_t told_row_count;
static size_t all_rows;

static bool take_row(void *data, const struct cf_entry *entry)
{
    (void)data;
    if (++all_rows > sizeof told_rows / sizeof *told_rows)
        return true;
    struct row *row = &told_rows[told_row_count++];
    row->number = entry->number;
    row->decision = entry->decision;
    row->code = entry->code;
    row->is_hostile = entry->policy && strcmp(entry->policy, "hostile") == 0;
    (void)snprintf(row->text, sizeof row->text, "%s", entry->text ? entry->text : "");
    return true;
}

size_t told_read_rows(uint64_t whats)
{
    struct cf_query query = CF_QUERY_ALL;
    query.whats = whats;
    told_row_count = all_rows = 0;
    assert_int_equal(cf_query_run(desk.folder, &query, take_row, NULL, NULL), CF_OK);
    return all_rows;
}

/* ---- Another program's lock ---- */

sqlite3 *other;

void told_lock(void)
{
    assert_int_equal(sqlite3_open(folder_path("journal.db"), &other), SQLITE_OK);
    (void)sqlite3_busy_timeout(other, 60000); /* with the thread */
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
}

void told_unlock(void)
{
    assert_int_equal(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    other = NULL;
}
