#include "logind/looks.h"

#include "base/memory.h"
#include "logind/agent.h"
#include "logind/blocked.h"
#include "logind/groups.h"
#include "logind/nologin.h"
#include "logind/processes.h"
#include "logind/request.h"
#include "logind/sessions.h"
#include "logind/watches.h"

enum cf_hangs cf_looks_hang_on(uint64_t fields)
{
    return fields & CF_FIELD_BIT(CF_FIELD_GROUPS)                             ? CF_HANGS_ON_NAMES
           : fields & (CF_LOGIND_IDLE_FIELDS | CF_FIELD_BIT(CF_FIELD_OUTPUT)) ? CF_HANGS_ON_MEMORY
           : fields & CF_FIELD_BIT(CF_FIELD_LANGUAGE)                         ? CF_HANGS_ON_LANGUAGE
                                                                              : CF_HANGS_NEVER;
}

static void take_programs(struct cf_programs *from, struct cf_programs *to)
{
    cf_programs_finish(to);
    *to = *from;
    *from = (struct cf_programs){0};
}

static bool wants_reading(struct cf_host_request *request, struct cf_cached *known)
{
    uint64_t fields = request->asked.fields;
    request->wants_groups = fields & CF_FIELD_BIT(CF_FIELD_GROUPS);
    request->wants_input = fields & (CF_LOGIND_IDLE_FIELDS | CF_FIELD_BIT(CF_FIELD_OUTPUT));
    request->wants_processes = fields & CF_PROCESSES_FIELDS;
    request->wants_name = fields & CF_FIELD_BIT(CF_FIELD_NAME) && !known->properties.tty &&
                          !cf_properties_graphical(&known->properties);
    request->work.hangs = cf_looks_hang_on(fields);
    if (request->wants_processes)
        take_programs(&known->programs, &request->programs);
    return request->wants_groups || request->wants_input || request->wants_processes || request->wants_name;
}

/* What a worker has to look at. A graphical session's terminal, if any, is one that nobody sees. */
bool cf_looks_wanted(struct cf_host_request *request, struct cf_cached *known)
{
    bool terminal = !cf_properties_graphical(&known->properties);
    switch (request->asked.action) {
    case CF_ACTION_REFRESH:
    case CF_ACTION_WATCH: return wants_reading(request, known);
    case CF_ACTION_WARN: return terminal;
    case CF_ACTION_PROCESSES: return true;
    case CF_ACTION_WITHDRAW:
        if (known->notice != request->asked.notice)
            return false; /* a later one took its place, or it never reached anybody */
        if (known->agent)
            cf_session_agent_close_notice(known);
        if (!terminal)
            known->notice = 0;
        return terminal;
    default:
        request->wants_input = cf_mono_known(request->asked.quiet_since);
        request->work.hangs = request->wants_input ? CF_HANGS_ON_MEMORY : CF_HANGS_NEVER;
        return request->wants_input;
    }
}

struct cf_host_request *cf_looks_request(struct cf_work *work)
{
    return (struct cf_host_request *)(void *)((char *)work - offsetof(struct cf_host_request, work));
}

void cf_looks_take(struct cf_work *work)
{
    struct cf_host_request *request = cf_looks_request(work);
    int64_t uid = request->record.uid;
    if (request->asked.action == CF_ACTION_REFUSE_LOGONS) {
        request->gap = cf_nologin_gap(); /* by a score of files on a disk */
        return;
    }
    if (request->input.asks_elsewhere) {
        cf_input_read_elsewhere(&request->input);
        return;
    }
    if (request->wants_input || request->wants_name || request->text.length)
        cf_input_read(&request->input, request->wants_input);
    if (request->text.length)
        request->delivered =
            cf_sources_write(&request->input.sources, uid, request->text.data, request->text.length);
    if (request->wants_groups && !request->groups)
        request->groups = cf_groups_read(uid);
    if (request->asked.action == CF_ACTION_PROCESSES)
        request->processes = cf_processes_list(request->record.leader, request->unit, "/proc");
    else if (request->wants_processes)
        cf_processes_read(&request->record, request->asked.fields, request->unit, "/proc",
                          &request->programs);
}

void cf_looks_end_reading(struct cf_host_request *request, struct cf_cached *known)
{
    if (request->wants_processes)
        take_programs(&request->programs, &known->programs);
}

/* What is to be said of a notice that is over is said, or owed. */
static void settle_withdrawal(const struct cf_host_request *request, struct cf_cached *known)
{
    if (request->asked.action != CF_ACTION_WITHDRAW || known->notice != request->asked.notice)
        return;
    bool owed = !request->delivered && request->input.sources.blocked_count > 0;
    cf_replace(&known->owed, owed ? request->text.data : NULL);
    if (!owed)
        known->notice = 0;
}

/* What we wrote is known by now, and what inotify says of it is no output of anybody else's. */
void cf_looks_end_writing(struct cf_host_request *request)
{
    struct cf_logind *host = request->host;
    struct cf_cached *known;
    if (host->watcher)
        cf_watcher_drain(host->watcher);
    if (!host->closed && (known = cf_host_request_known(request))) {
        known->watched.watch.writing--;
        cf_cached_take_written(known, &request->input.sources);
        settle_withdrawal(request, known);
        cf_blocked_take(host, known, &request->input.sources);
    }
}
