#include "fake_server.h"

struct fake fake;

/* ---- wtsapi32.dll ---- */

static HANDLE WINAPI fake_open(WCHAR *name)
{
    (void)name;
    return NULL;
}

static VOID WINAPI fake_close_server(HANDLE server)
{
    (void)server;
}

static BOOL WINAPI fake_enumerate(HANDLE server, DWORD *level, DWORD filter, struct cf_wts_row **rows,
                                  DWORD *count)
{
    (void)server, (void)level, (void)filter;
    *rows = calloc(1, sizeof **rows);
    assert_non_null(*rows);
    **rows = (struct cf_wts_row){.state = fake.info.data.state,
                                 .id = FAKE_ID,
                                 .name = fake.info.data.name,
                                 .user = fake.info.data.user,
                                 .domain = fake.info.data.domain};
    *count = 1;
    return TRUE;
}

static BOOL WINAPI fake_query(HANDLE server, DWORD id, int class_, WCHAR **buffer, DWORD *bytes)
{
    (void)server;
    if (class_ != CF_WTS_INFO || id != FAKE_ID) {
        SetLastError(ERROR_FILE_NOT_FOUND);
        return FALSE;
    }
    struct cf_wts_infoex *info = malloc(sizeof *info);
    assert_non_null(info);
    *info = fake.info;
    (void)InterlockedIncrement(&fake.looks);
    *buffer = (WCHAR *)(void *)info;
    *bytes = sizeof *info;
    if (fake.looked)
        fake.looked();
    return TRUE;
}

static BOOL WINAPI fake_disconnect(HANDLE server, DWORD id, BOOL wait)
{
    (void)server, (void)id, (void)wait;
    (void)InterlockedIncrement(&fake.disconnects);
    return TRUE;
}

static BOOL WINAPI fake_wait(HANDLE server, DWORD mask, DWORD *events)
{
    (void)server;
    *events = 0;
    return mask == CF_WTS_EVENT_FLUSH ? SetEvent(fake.flush)
                                      : WaitForSingleObject(fake.flush, INFINITE) == WAIT_OBJECT_0;
}

static VOID WINAPI fake_free(VOID *memory)
{
    free(memory);
}

static BOOL WINAPI fake_free_rows(int type, VOID *rows, ULONG count)
{
    (void)type, (void)count;
    free(rows);
    return TRUE;
}

int __wrap_cf_wts_api_load(const struct cf_wts_api **ret_api, struct cf_error *err);
int __wrap_cf_wts_api_load(const struct cf_wts_api **ret_api, struct cf_error *err)
{
    static const struct cf_wts_api api = {
        .open_server = fake_open,
        .close_server = fake_close_server,
        .enumerate_sessions = fake_enumerate,
        .query = fake_query,
        .disconnect = fake_disconnect,
        .wait_event = fake_wait,
        .free_memory = fake_free,
        .free_rows = fake_free_rows,
    };
    (void)err;
    *ret_api = &api;
    return CF_OK;
}

/* Those that wait for events are waited for at the end, since they are this server's alone. */
struct fake_thread {
    void (*run)(void *data);
    void *data;
};

static void fake_run(void *data)
{
    struct fake_thread thread = *(struct fake_thread *)data;
    free(data);
    thread.run(thread.data);
    (void)ReleaseSemaphore(fake.over, 1, NULL);
}

bool __real_cf_wts_server_thread(struct cf_wts_server *server, void (*run)(void *data), void *data);
bool __wrap_cf_wts_server_thread(struct cf_wts_server *server, void (*run)(void *data), void *data);
bool __wrap_cf_wts_server_thread(struct cf_wts_server *server, void (*run)(void *data), void *data)
{
    struct fake_thread *thread = malloc(sizeof *thread);
    assert_non_null(thread);
    *thread = (struct fake_thread){run, data};
    fake.threads++;
    return __real_cf_wts_server_thread(server, fake_run, thread);
}

/* ---- The helper ---- */

/* In the place of a process that would be begun there: its standard input is the test's. */
DWORD __wrap_cf_wts_launch(const struct cf_wts_server *server, DWORD id, const WCHAR *program, WCHAR *command,
                           HANDLE standard, HANDLE *ret_process);
DWORD __wrap_cf_wts_launch(const struct cf_wts_server *server, DWORD id, const WCHAR *program, WCHAR *command,
                           HANDLE standard, HANDLE *ret_process)
{
    HANDLE own = GetCurrentProcess();
    (void)server, (void)id, (void)program, (void)command;
    if (!DuplicateHandle(own, standard, own, &fake.helper, 0, FALSE, DUPLICATE_SAME_ACCESS))
        return GetLastError();
    *ret_process = CreateEventW(NULL, TRUE, FALSE, NULL); /* can be closed, and not be ended */
    (void)InterlockedIncrement(&fake.launches);
    return 0;
}

void fake_turn(void)
{
    cf_loop_run_until(fake.loop, cf_loop_now(fake.loop));
    (void)uv_run(cf_loop_uv(fake.loop), UV_RUN_ONCE);
    cf_loop_run_until(fake.loop, cf_loop_now(fake.loop));
}

uint64_t fake_ordered(void)
{
    for (;;) {
        char *end = memchr(fake.came, '\n', fake.came_length);
        DWORD there = 0, more;
        if (end) {
            struct cf_agent_order_line order = {0};
            json_t *object = NULL;
            size_t length = (size_t)(end - fake.came) + 1;
            bool is_order = cf_agent_order_read(fake.came, length, &order, &object);
            json_decref(object);
            fake.came_length -= (DWORD)length;
            memmove(fake.came, end + 1, fake.came_length);
            if (is_order) /* else the welcome */
                return order.id;
        } else if (fake.helper && PeekNamedPipe(fake.helper, NULL, 0, NULL, &there, NULL) && there) {
            assert_true(ReadFile(fake.helper, fake.came + fake.came_length,
                                 sizeof fake.came - fake.came_length, &more, NULL));
            fake.came_length += more;
        } else {
            fake_turn();
        }
    }
}

void fake_say(uint64_t order, struct cf_span idle)
{
    struct cf_buffer text = {0};
    DWORD written;
    cf_agent_answer_write(&text, &(struct cf_agent_answer){.id = order,
                                                           .word = CF_AGENT_SAYS_STATE,
                                                           .idle = idle,
                                                           .source = cf_span_known(idle) ? CF_AGENT_WINDOWS
                                                                                         : CF_AGENT_NOWHERE});
    (void)WriteFile(fake.helper, text.data, (DWORD)text.length, &written,
                    NULL); /* unless nobody reads any more */
    cf_buffer_finish(&text);
}

void fake_helper_dies(void)
{
    (void)CloseHandle(fake.helper);
    fake.helper = NULL;
    fake.came_length = 0;
}

/* ---- The sink ---- */

static void fake_on_listing(void *data, bool done)
{
    (void)data;
    fake.listed = done;
}

static void fake_on_seen(void *data, const struct cf_session *session, uint64_t fields)
{
    (void)data, (void)fields;
    fake.own.birth = session->identity.birth;
    fake.told = session->last_input;
    (void)snprintf(fake.missing, sizeof fake.missing, "%s", session->missing ? session->missing : "");
}

static void fake_on_gone(void *data, const struct cf_identity *identity)
{
    (void)data, (void)identity;
}

static void fake_on_answered(void *data, uint64_t notice, bool yes)
{
    (void)data, (void)notice, (void)yes;
}

static void fake_on_reachable(void *data, const struct cf_error *err)
{
    (void)data, (void)err;
}

static void fake_on_completed(void *data, const struct cf_completion *completion)
{
    (void)data;
    fake.completed = true;
    fake.code = completion->code;
    fake.input = completion->session ? completion->session->last_input : CF_MONO_UNKNOWN;
    (void)snprintf(fake.message, sizeof fake.message, "%s", completion->message ? completion->message : "");
}

/* ---- Its life ---- */

void fake_open_host(void (*looked)(void))
{
    static const struct cf_backend_sink sink = {.listing = fake_on_listing,
                                                .seen = fake_on_seen,
                                                .gone = fake_on_gone,
                                                .answered = fake_on_answered,
                                                .reachable = fake_on_reachable,
                                                .completed = fake_on_completed};
    struct cf_error err;
    fake = (struct fake){.looked = looked,
                         .flush = CreateEventW(NULL, FALSE, FALSE, NULL),
                         .over = CreateSemaphoreW(NULL, 0, 8, NULL),
                         .own = {.id = "3"}};
    fake.info = (struct cf_wts_infoex){
        .level = 1, .data = {.id = FAKE_ID, .state = CF_WTS_ACTIVE, .flags = CF_WTS_FLAGS_UNLOCKED}};
    (void)wcscpy(fake.info.data.name, L"Console");
    (void)wcscpy(fake.info.data.user, L"ana");
    fake.info.data.logon.QuadPart = fake.info.data.connect.QuadPart = FAKE_BIRTH;
    fake.info.data.current.QuadPart = FAKE_NOON;
    assert_int_equal(cf_loop_create_virtual((struct cf_instant){0}, 0, &fake.loop, &err), CF_OK);
    cf_loop_run_until(fake.loop, (struct cf_mono){2 * CF_HOUR.us});
    if (cf_wts_ops.open(fake.loop, &sink, NULL, &fake.backend, &err) != CF_OK)
        fail_msg("%s", err.text);
    while (!fake.listed)
        fake_turn();
    fake.own.host = cf_wts_ops.host(fake.backend);
}

void fake_close_host(void)
{
    cf_wts_ops.close(fake.backend);
    if (fake.helper)
        fake_helper_dies();
    (void)uv_run(cf_loop_uv(fake.loop), UV_RUN_DEFAULT);
    cf_loop_run(fake.loop);
    cf_loop_destroy(fake.loop);
    fake.loop = NULL;
    while (fake.threads--)
        (void)WaitForSingleObject(fake.over, INFINITE);
    (void)CloseHandle(fake.over);
    (void)CloseHandle(fake.flush);
}

void fake_submit(enum cf_action_kind action, struct cf_mono quiet_since)
{
    static uint64_t last;
    fake.completed = false;
    const struct cf_request request = {.id = ++last,
                                       .action = action,
                                       .session = fake.own,
                                       .fields =
                                           action == CF_ACTION_REFRESH ? CF_FIELD_BIT(CF_FIELD_IDLE) : 0,
                                       .deadline = cf_mono_add(cf_loop_now(fake.loop), CF_MINUTE),
                                       .quiet_since = quiet_since};
    cf_wts_ops.submit(fake.backend, &request);
}

void fake_complete(void)
{
    while (!fake.completed)
        fake_turn();
}
