#include "wts/helper.h"

#include "base/memory.h"
#include "base/text.h"
#include "wts/failure.h"
#include "wts/inside.h"
#include "wts/launch.h"

#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>

#define LIMIT      cf_seconds(20) /* for one to be begun */
#define WAIT       cf_seconds(10) /* after one that has ended, until the next; twice as long after each, … */
#define WAIT_MOST  cf_minutes(10) /* … up to this */
#define OLD        cf_minutes(10) /* one that has lived for so long is no reason to wait longer */
#define UNIT       INT64_C(32000) /* µs: by how much Windows' ticks may differ */
#define TELLS      (CF_FIELD_BIT(CF_FIELD_IDLE) | CF_FIELD_BIT(CF_FIELD_IDLE_SOURCE))
#define PIPE_BYTES 4096

/* One that is being begun, on a thread. */
struct launch {
    struct cf_wts_job job;        /* first, so that one is found from the other */
    struct cf_wts_helper *helper; /* NULL: nobody wants it any more */
    DWORD id;
    int64_t birth;
    DWORD error;
    HANDLE pipe, process;
};

struct cf_wts_helper {
    struct cf_wts *host;
    struct cf_wts_known *known;
    struct launch *launch;      /* NULL: none is under way */
    struct cf_agent_link *link; /* NULL: there is none at work */
    HANDLE process;
    struct cf_agent_order first; /* asked as it begins */
    struct cf_mono asked, began, last;
    struct cf_span wait;
    struct cf_timer again;
};

/* Elsewhere Windows itself keeps the time, and of a session that is disconnected, when that was. */
static bool is_at_console(const struct cf_wts_known *known)
{
    return known->record.console == CF_TRI_YES && known->state == CF_WTS_ACTIVE;
}

/* ---- What it tells ---- */

void cf_wts_helper_tell(struct cf_wts_known *known)
{
    const struct cf_wts_helper *helper = known->helper;
    if (!helper || !helper->link || !cf_mono_known(helper->last))
        return;
    known->record.last_input = helper->last;
    cf_session_set_string(&known->record, CF_FIELD_IDLE_SOURCE, cf_agent_source_names[CF_AGENT_WINDOWS]);
}

struct cf_mono cf_wts_helper_take(struct cf_wts_known *known, const struct cf_agent_answer *answer,
                                  struct cf_mono asked)
{
    struct cf_wts_helper *helper = known->helper;
    if (!helper || !helper->link || !is_at_console(known) || !answer || !cf_span_known(answer->idle))
        return CF_MONO_UNKNOWN;
    struct cf_mono earliest = {asked.us - answer->idle.us - UNIT},
                   latest = {cf_loop_now(helper->host->loop).us - answer->idle.us},
                   logon = known->record.logged_on;
    if (!cf_mono_known(helper->last) || earliest.us > helper->last.us)
        helper->last = latest;
    if (cf_mono_known(logon) && logon.us > helper->last.us)
        helper->last = logon;
    cf_wts_helper_tell(known);
    return helper->last;
}

/* The last thing done, since the sink may close the back end. */
static void report(const struct cf_wts_helper *helper, uint64_t fields)
{
    const struct cf_wts *host = helper->host;
    host->sink.seen(host->sink.data, &helper->known->record, fields);
}

static void on_first(struct cf_agent_order *order, const struct cf_agent_answer *answer)
{
    struct cf_wts_helper *helper =
        (struct cf_wts_helper *)(void *)((char *)order - offsetof(struct cf_wts_helper, first));
    if (cf_mono_known(cf_wts_helper_take(helper->known, answer, helper->asked)))
        report(helper, TELLS);
}

bool cf_wts_helper_listens(const struct cf_wts_known *known)
{
    return known->helper && known->helper->link;
}

void cf_wts_helper_ask(struct cf_wts_known *known, struct cf_agent_order *order)
{
    static const struct cf_agent_order_line line = {.verb = CF_AGENT_READ};
    cf_agent_link_send(known->helper->link, order, &line);
}

/* ---- Its end ---- */

/* One that hangs is ended; one that lives ends by itself, as its pipe does. */
static void drop(struct cf_wts_helper *helper, bool hangs)
{
    struct cf_session *record = &helper->known->record;
    cf_agent_order_cancel(&helper->first);
    cf_agent_link_destroy(helper->link);
    cf_agent_order_cancel(&helper->first); /* refused just now */
    if (helper->process && hangs)
        (void)TerminateProcess(helper->process, 1);
    if (helper->process)
        (void)CloseHandle(helper->process);
    helper->link = NULL;
    helper->process = NULL;
    if (cf_text_equal(record->idle_source, cf_agent_source_names[CF_AGENT_WINDOWS])) {
        record->last_input = CF_MONO_UNKNOWN;
        cf_session_set_string(record, CF_FIELD_IDLE_SOURCE, NULL);
    }
    helper->last = CF_MONO_UNKNOWN;
}

void cf_wts_helper_end(struct cf_wts_known *known)
{
    struct cf_wts_helper *helper = known->helper;
    if (!helper)
        return;
    drop(helper, false);
    cf_timer_stop(helper->host->loop, &helper->again);
    if (helper->launch)
        helper->launch->helper = NULL;
    cf_session_set_string(&known->record, CF_FIELD_MISSING, NULL);
    known->helper = NULL;
    free(helper);
}

/* Without it nobody knows of input there, and that is told. */
static void lack(struct cf_wts_helper *helper, const char *why)
{
    struct cf_loop *loop = helper->host->loop;
    char text[CF_WTS_FAILURE + 64];
    (void)snprintf(text, sizeof text, "its input is not known: %s", why);
    cf_session_set_string(&helper->known->record, CF_FIELD_MISSING, text);
    cf_timer_set(loop, &helper->again, cf_mono_add(cf_loop_now(loop), helper->wait));
    helper->wait.us = 2 * helper->wait.us < WAIT_MOST.us ? 2 * helper->wait.us : WAIT_MOST.us;
    report(helper, TELLS | CF_FIELD_BIT(CF_FIELD_MISSING));
}

static void on_ended(void *data, const char *why)
{
    struct cf_wts_helper *helper = data;
    char text[128];
    (void)snprintf(text, sizeof text, "curfew's helper in the session is at work no more (%s)", why);
    if (cf_mono_since(helper->began, cf_loop_now(helper->host->loop)).us >= OLD.us)
        helper->wait = WAIT;
    drop(helper, true);
    lack(helper, text);
}

/* Neither is asked for; link.c takes an answer to what was not for a reason to end. */
static void on_input(void *data)
{
    (void)data;
}

static void on_pressed(void *data, bool yes)
{
    (void)data, (void)yes;
}

/* ---- Its beginning ---- */

static DWORD last_error(void)
{
    DWORD error = GetLastError();
    return error ? error : ERROR_GEN_FAILURE;
}

/* Both ends are opened here, and there is but one of each: whoever else knows the name comes too late, or has
 * this fail. */
static DWORD make_pipe(HANDLE *ret_ours, HANDLE *ret_theirs)
{
    static atomic_ulong count;
    WCHAR name[64];
    SECURITY_ATTRIBUTES inheritable = {.nLength = sizeof inheritable, .bInheritHandle = TRUE};
    OVERLAPPED unused = {0};
    (void)_snwprintf(name, 64, L"\\\\.\\pipe\\curfew-inside-%lu-%lu", GetCurrentProcessId(),
                     atomic_fetch_add(&count, 1));
    HANDLE ours =
        CreateNamedPipeW(name, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | FILE_FLAG_FIRST_PIPE_INSTANCE,
                         PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS, 1,
                         PIPE_BYTES, PIPE_BYTES, 0, NULL);
    if (ours == INVALID_HANDLE_VALUE)
        return last_error();
    HANDLE theirs = CreateFileW(name, GENERIC_READ | GENERIC_WRITE, 0, &inheritable, OPEN_EXISTING, 0, NULL);
    DWORD error = theirs == INVALID_HANDLE_VALUE ? last_error() : 0;
    if (!error && !ConnectNamedPipe(ours, &unused) && GetLastError() != ERROR_PIPE_CONNECTED)
        error = last_error();
    if (!error) {
        *ret_ours = ours;
        *ret_theirs = theirs;
        return 0;
    }
    if (theirs != INVALID_HANDLE_VALUE)
        (void)CloseHandle(theirs);
    (void)CloseHandle(ours);
    return error;
}

static DWORD begin_there(struct launch *launch)
{
    WCHAR program[MAX_PATH], command[] = L"curfew " CF_WTS_INSIDE_WIDE;
    struct cf_wts_infoex info;
    HANDLE theirs;
    DWORD length = GetModuleFileNameW(NULL, program, MAX_PATH);
    if (!length || length == MAX_PATH)
        return last_error();
    DWORD error = cf_wts_look(launch->job.server, launch->id, &info);
    if (!error && (info.data.logon.QuadPart != launch->birth || !cf_wts_is_at_console(&info)))
        error = ERROR_CTX_WINSTATION_NOT_FOUND; /* another's by now */
    if (!error)
        error = make_pipe(&launch->pipe, &theirs);
    if (error)
        return error;
    error = cf_wts_launch(launch->job.server, launch->id, program, command, theirs, &launch->process);
    (void)CloseHandle(theirs);
    return error;
}

static void run(struct cf_wts_job *job)
{
    struct launch *launch = (struct launch *)(void *)job;
    launch->error = begin_there(launch);
}

static void orphaned(struct cf_wts_job *job)
{
    struct launch *launch = (struct launch *)(void *)job;
    if (launch->pipe)
        (void)CloseHandle(launch->pipe); /* with which what was begun ends */
    if (launch->process)
        (void)CloseHandle(launch->process);
    free(launch);
}

static void take_on(struct cf_wts_helper *helper, struct launch *launch)
{
    static const struct cf_agent_link_calls calls = {on_input, on_pressed, on_ended};
    struct cf_loop *loop = helper->host->loop;
    int fd = _open_osfhandle((intptr_t)launch->pipe, _O_BINARY); /* which is the link's from now on */
    launch->pipe = NULL;
    helper->process = launch->process;
    launch->process = NULL;
    helper->link = cf_agent_link_create(loop, fd, helper->known->record.identity.id, &calls, helper);
    helper->began = helper->asked = cf_loop_now(loop);
    helper->first.done = on_first;
    cf_wts_helper_ask(helper->known, &helper->first);
    cf_session_set_string(&helper->known->record, CF_FIELD_MISSING, NULL);
    report(helper, CF_FIELD_BIT(CF_FIELD_MISSING));
}

static void done(struct cf_wts_job *job)
{
    struct launch *launch = (struct launch *)(void *)job;
    struct cf_wts_helper *helper = launch->helper;
    char text[CF_WTS_FAILURE];
    DWORD error = launch->error;
    if (helper)
        helper->launch = NULL;
    if (helper && !error)
        take_on(helper, launch);
    orphaned(job);
    if (helper && error)
        lack(helper, cf_wts_failure(error, text));
}

/* One that takes long may still come; until then no other is begun. */
static void late(struct cf_wts_job *job)
{
    struct launch *launch = (struct launch *)(void *)job;
    struct cf_wts_helper *helper = launch->helper;
    if (job->begun)
        return;
    if (helper)
        helper->launch = NULL;
    orphaned(job);
    if (helper)
        lack(helper, "curfew's helper in the session could not be begun in time");
}

static void begin(struct cf_wts_helper *helper)
{
    struct cf_wts *host = helper->host;
    struct launch *launch = cf_alloc(sizeof *launch);
    *launch = (struct launch){.helper = helper,
                              .id = helper->known->id,
                              .birth = helper->known->record.identity.birth,
                              .job = {.kind = CF_WTS_ACT,
                                      .limit = cf_mono_add(cf_loop_now(host->loop), LIMIT),
                                      .run = run,
                                      .done = done,
                                      .late = late,
                                      .orphaned = orphaned}};
    helper->launch = launch;
    cf_wts_server_start(host->server, &launch->job);
}

static void on_again(struct cf_timer *timer)
{
    begin(timer->data);
}

void cf_wts_helper_look(struct cf_wts *host, struct cf_wts_known *known)
{
    const struct cf_session *record = &known->record;
    bool wanted = host->helps && is_at_console(known) && record->user && record->identity.birth;
    if (!wanted)
        cf_wts_helper_end(known);
    if (!wanted || known->helper)
        return;
    struct cf_wts_helper *helper = known->helper = cf_alloc(sizeof *helper);
    *helper = (struct cf_wts_helper){.host = host,
                                     .known = known,
                                     .last = CF_MONO_UNKNOWN,
                                     .wait = WAIT,
                                     .again = {.fire = on_again, .data = helper}};
    begin(helper);
}
