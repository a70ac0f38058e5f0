#include "base/i18n.h"
#include "base/json.h"
#include "base/log.h"
#include "journal/query.h"
#include "program/args.h"
#include "program/output/terminal.h"
#include "program/output/timeline.h"
#include "program/setup/moment.h"
#include "program/setup/places.h"
#include "program/setup/settings.h"
#include "program/setup/zones.h"

#include <signal.h>
#include <string.h>

static const struct cf_option_group which = {
    "Which entries",
    (const struct cf_option[]){
        {"user", "USER", "of this user's sessions"},
        {"session", "ID", "of the session with this id"},
        {"policy", "POLICY", "of this policy"},
        {"since", "SPAN|TIME",
         "from then on: 2h or -2h ago, today, yesterday, 12:00, 2026-03-02, \"2026-03-02 17:30\""},
        {"until", "SPAN|TIME", "before then, written in the same ways"},
        {"what", "WHAT", "of this kind, such as logoff, warn, refused or failed; may be repeated"},
        {"dry-run", NULL, "only what would have happened, in words"},
        {"last", "N", "only this many, the latest"},
        {0},
    },
};

static const struct cf_option_group how = {
    "How they are shown",
    (const struct cf_option[]){
        {"follow", NULL,
         "then wait for more, until interrupted; begins with the last 10, unless asked for more"},
        {"json", NULL, "one JSON object per line"},
        {"csv", NULL, "a table for spreadsheets (CSV, RFC 4180)"},
        {"state", "FOLDER", "where the journal is (/var/lib/curfew)"},
        {0},
    },
};

enum { MOST = 1000000000, FOLLOWED = 10 };

struct printing {
    FILE *out;
    struct cf_timeline timeline;
    struct cf_buffer text;
    uint64_t count;
    void (*print)(struct printing *printing, const struct cf_entry *entry);
    struct cf_loop *loop; /* follow: stopped by signals */
    uv_signal_t signals[2];
};

/* ---- Shapes ---- */

static void print_timeline(struct printing *printing, const struct cf_entry *entry)
{
    cf_timeline_add(&printing->timeline, entry, &printing->text);
}

static void print_json(struct printing *printing, const struct cf_entry *entry)
{
    cf_json_line(&printing->text, cf_entry_json(entry));
}

/* As in JSON, and in this order. */
static const char *const columns[] = {"number", "at",       "what",   "decision", "dry_run", "code",
                                      "policy", "line",     "host",   "session",  "user",    "name",
                                      "idle",   "unwarned", "in_use", "reason",   "text",    "revision"};

enum { COLUMNS = sizeof columns / sizeof columns[0] };

static void head_csv(struct cf_buffer *text)
{
    for (size_t i = 0; i < COLUMNS; i++)
        cf_buffer_printf(text, "%s%s", i ? "," : "", columns[i]);
    cf_buffer_puts(text, "\r\n");
}

static void print_csv(struct printing *printing, const struct cf_entry *entry)
{
    struct cf_buffer *text = &printing->text;
    json_t *told = cf_entry_json(entry);
    for (size_t i = 0; i < COLUMNS; i++) {
        const json_t *value = json_object_get(told, columns[i]);
        cf_buffer_puts(text, i ? "," : "");
        if (json_is_string(value))
            cf_buffer_csv(text, json_string_value(value));
        else if (value)
            cf_json_add(text, value);
    }
    cf_buffer_puts(text, "\r\n");
    json_decref(told);
}

/* False: whoever reads has gone. */
static bool write_out(struct printing *printing)
{
    struct cf_buffer *text = &printing->text;
    bool fine = !text->length || fwrite(text->data, 1, text->length, printing->out) == text->length;
    cf_buffer_clear(text);
    return fine && (!printing->loop || fflush(printing->out) == 0);
}

static bool print_entry(void *data, const struct cf_entry *entry)
{
    struct printing *printing = data;
    printing->print(printing, entry);
    printing->count++;
    return write_out(printing);
}

/* ---- What is asked ---- */

static int read_time(const struct cf_args *args, const char *option, const struct cf_zone *zone,
                     struct cf_instant *ret_instant, struct cf_error *err)
{
    const char *text = cf_args_value(args, option);
    struct cf_clock clock;
    if (!text)
        return CF_OK;
    cf_clock_init_system(&clock);
    int code = cf_moment_parse(text, zone, cf_clock_wall(&clock), ret_instant, err);
    if (code)
        (void)cf_error_prefix(err, "--%s", option);
    return code;
}

static int read_whats(const struct cf_args *args, uint64_t *ret_whats, struct cf_error *err)
{
    const char *word;
    for (size_t place = 0; (word = cf_args_each(args, "what", &place));) {
        struct cf_near nearest = {.wanted = word};
        int what = cf_what_by_name(word);
        for (int i = 0; i < CF_WHAT_COUNT; i++)
            cf_near_try(&nearest, cf_what_name((enum cf_what)i));
        if (what < 0)
            return cf_error_set(err, CF_USAGE, _("--what %s: there is no such kind of entry%s%s%s"), word,
                                nearest.word ? _("; did you mean ") : "", nearest.word ? nearest.word : "",
                                nearest.word ? "?" : "");
        *ret_whats |= UINT64_C(1) << what;
    }
    return CF_OK;
}

static int read_query(const struct cf_args *args, const struct cf_zone *zone, struct cf_query *ret_query,
                      struct cf_error *err)
{
    static const char *const json[] = {"json", NULL};
    struct cf_query query = CF_QUERY_ALL;
    query.user = cf_args_value(args, "user");
    query.session = cf_args_value(args, "session");
    query.policy = cf_args_value(args, "policy");
    query.dry = cf_args_has(args, "dry-run");
    int code = cf_args_has(args, "csv") ? cf_args_refuse(args, json, N_("contradicts --csv"), err) : CF_OK;
    if (code == CF_OK)
        code = read_time(args, "since", zone, &query.since, err);
    if (code == CF_OK)
        code = read_time(args, "until", zone, &query.until, err);
    if (code == CF_OK)
        code = read_whats(args, &query.whats, err);
    bool few = cf_args_has(args, "follow") && !cf_instant_known(query.since);
    if (code == CF_OK)
        code = cf_args_number(args, "last", 1, MOST, few ? FOLLOWED : 0, &query.last, err);
    if (code == CF_OK)
        *ret_query = query;
    return code;
}

/* ---- Following ---- */

static void end(uv_signal_t *handle, int number)
{
    (void)number;
    cf_loop_stop(handle->data);
}

static int follow(struct printing *printing, const char *folder, const struct cf_query *query,
                  struct cf_error *err)
{
    static const int numbers[] = {SIGINT, SIGTERM};
    int code = cf_loop_create(&printing->loop, err);
    if (code)
        return code;
    for (size_t i = 0; i < 2; i++) {
        (void)uv_signal_init(cf_loop_uv(printing->loop), &printing->signals[i]);
        printing->signals[i].data = printing->loop;
        (void)uv_signal_start(&printing->signals[i], end, numbers[i]);
    }
    code = cf_query_follow(printing->loop, folder, query, print_entry, printing, err);
    for (size_t i = 0; i < 2; i++)
        uv_close((uv_handle_t *)&printing->signals[i], NULL);
    cf_loop_destroy(printing->loop);
    return code;
}

/* An empty answer is an answer, as journalctl's is; but it is said, since it might be taken for a failure. */
static const char *none_found(const struct cf_query *query)
{
    bool all = !query->user && !query->session && !query->policy && !cf_instant_known(query->since) &&
               !cf_instant_known(query->until) && !query->whats && !query->dry;
    return all ? _("the journal has no entries yet") : _("no entries are like that");
}

static int journal(const struct cf_args *args, FILE *out, struct cf_error *err)
{
    const struct cf_zone *zone = NULL;
    struct cf_query query;
    const char *folder = cf_args_value(args, "state");
    int code = cf_zones_own(&zone, err);
    if (code == CF_OK)
        code = read_query(args, zone, &query, err);
    if (code)
        return code;
    struct printing printing = {
        .out = out,
        .timeline = {.zone = zone,
                     .width = cf_terminal_width(out),
                     .colour = cf_terminal_colour(out),
                     .names_policies = true,
                     .in_words = query.dry},
        .print = cf_args_has(args, "json")  ? print_json
                 : cf_args_has(args, "csv") ? print_csv
                                            : print_timeline,
    };
    if (printing.print == print_csv)
        head_csv(&printing.text);
    if (!folder)
        folder = cf_usual_state();
    code = cf_args_has(args, "follow") ? follow(&printing, folder, &query, err)
                                       : cf_query_run(folder, &query, print_entry, &printing, err);
    if (code == CF_OK)
        (void)write_out(&printing); /* the columns, where there were no entries */
    if (code == CF_OK && !printing.count && !cf_args_has(args, "follow"))
        cf_log(CF_LOG_NOTICE, "%s", none_found(&query));
    cf_buffer_finish(&printing.text);
    return code == CF_UNAVAILABLE ? CF_FAILED : code; /* which is for back ends */
}

const struct cf_verb cf_verb_journal = {
    .name = "journal",
    .summary = "show what curfew has decided, and why",
    .usage = (const char *const[]){"[--since SPAN|TIME] [OPTION]...", "--follow [OPTION]...",
                                   "--dry-run [OPTION]...", NULL},
    .about =
        "Shows the journal of this host: each warning, logoff and refusal, with the session, the policy and "
        "the "
        "reason. It can be read while curfew runs.",
    .groups = (const struct cf_option_group *const[]){&which, &how, NULL},
    .run = journal,
};
