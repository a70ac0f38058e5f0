#include "logind/answers.h"

#include "base/memory.h"
#include "logind/request.h"
#include "logind/watches.h"

static void tell_doubt(struct cf_host_request *request, struct cf_cached *known)
{
    const struct cf_input *input = &request->input;
    char text[CF_STAMP_TEXT];
    bool told = known && input->read && !input->session.of.graphical;
    bool doubted = told && cf_stamps_take(&known->stamps, &input->sources, request->host->loop, text);
    cf_session_set_string(&request->record, CF_FIELD_IDLE_DOUBT, doubted ? text : NULL);
}

/* Since sshd has its sessions without a terminal (OpenSSH 10), they have a name only by what was found. One
 * that was found stays until another is, or all could be read and it is gone. */
static bool take_name(struct cf_host_request *request, struct cf_cached *known)
{
    const struct cf_input *input = &request->input;
    if (!known || !input->read || known->properties.tty || input->session.of.graphical)
        return false;
    const char *name = cf_sources_name(&input->sources);
    if (name || !input->sources.incomplete)
        cf_replace(&known->properties.terminal, name);
    (void)cf_properties_apply(&known->properties, cf_loop_clock(request->host->loop), &known->record);
    cf_session_set_string(&request->record, CF_FIELD_NAME, known->record.name);
    return true;
}

/* Whose session is read from logind's file, which says nothing of it, has none where only terminals were
 * found. */
static bool take_lock(struct cf_host_request *request, struct cf_cached *known)
{
    if (!known || !known->by_file || !request->wants_input)
        return false;
    known->properties.locked = request->record.locked = CF_TRI_NO;
    (void)cf_properties_apply(&known->properties, cf_loop_clock(request->host->loop), &known->record);
    return true;
}

void cf_answer_reading(struct cf_host_request *request)
{
    struct cf_session *record = &request->record;
    struct cf_cached *known = cf_host_request_known(request);
    const struct cf_loop *loop = request->host->loop;
    const char *source;
    uint64_t watched = 0;
    if (request->asked.action == CF_ACTION_WATCH && known && request->expects && !request->own)
        watched = cf_watches_arm(request->host, known, &request->input, request->asked.fields);
    if (known && known->agent && cf_mono_known(request->input.at_display)) /* told meanwhile */
        request->input.at_display = known->agent_last;
    record->last_input = cf_input_last(&request->input, record, loop, &source);
    record->last_output = cf_input_last_output(&request->input, record, loop);
    cf_session_set_string(record, CF_FIELD_IDLE_SOURCE, source);
    cf_session_set_list(record, CF_FIELD_GROUPS, (const char *const *)request->groups);
    uint64_t idle = request->asked.fields & CF_LOGIND_IDLE_FIELDS ? CF_LOGIND_IDLE_FIELDS
                                                                  : 0; /* the others come with it */
    if (idle)
        tell_doubt(request, known);
    uint64_t found = take_name(request, known) ? CF_FIELD_BIT(CF_FIELD_NAME) : 0;
    if (take_lock(request, known))
        found |= CF_FIELD_BIT(CF_FIELD_LOCKED);
    cf_host_request_complete(request, &(struct cf_completion){.session = record,
                                                              .fields = request->asked.fields | idle | found,
                                                              .watched = watched});
}

void cf_answer_warning(struct cf_host_request *request)
{
    struct cf_cached *known = cf_host_request_known(request);
    bool on_terminals = request->delivered;
    request->delivered |= request->shown;
    if (known && request->delivered && request->asked.notice) { /* 0: a message, which leaves a warning be */
        known->notice = request->asked.notice;
        cf_replace(&known->owed, NULL);
    }
    cf_session_set_string(&request->record, CF_FIELD_BLOCKED, known ? known->record.blocked : NULL);
    const char *why = request->record.blocked ? request->record.blocked : request->record.missing;
    if (!why && request->host->once && known && cf_properties_graphical(&known->properties))
        why = "messages at a desktop are shown by its agent, which only a running curfew reaches";
    cf_host_request_complete(request,
                             &(struct cf_completion){.message = request->delivered ? NULL : why,
                                                     .delivered = request->delivered,
                                                     .withdrawable = request->shown && !on_terminals});
}

void cf_answer_processes(struct cf_host_request *request)
{
    if (request->processes)
        cf_host_request_complete(
            request, &(struct cf_completion){.processes = (const char *const *)request->processes});
    else
        cf_host_request_fail(request, CF_FAILED, "they cannot be read here");
}

void cf_answer_logons(struct cf_host_request *request)
{
    if (request->gap)
        cf_host_request_fail(request, CF_FAILED, request->gap);
    else
        cf_host_request_done(request);
}
