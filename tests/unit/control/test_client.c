#include "../../fixture/folder.h"
#include "../../fixture/root.h"
#include "../unit.h"

#include "base/memory.h"
#include "control/client.h"

#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <uv.h>

/* Answers one client with these bytes, whatever it asks, and then hangs up. */
struct stub {
    uv_thread_t thread;
    char path[FOLDER_PATH];
    int listener;
    const char *answer;
    size_t length;
    bool deaf; /* hangs up before it has read */
};

static void serve_one(void *data)
{
    struct stub *stub = data;
    char request[4096];
    int fd = accept(stub->listener, NULL, NULL);
    if (!stub->deaf)
        (void)!recv(fd, request, sizeof request, 0);
    for (size_t sent = 0; sent < stub->length;) {
        ssize_t more = send(fd, stub->answer + sent, stub->length - sent, MSG_NOSIGNAL);
        if (more <= 0)
            break;
        sent += (size_t)more;
    }
    close(fd);
}

static void listen_at(struct stub *stub)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    folder_make();
    (void)snprintf(stub->path, sizeof stub->path, "%s", folder_path("control"));
    (void)strcpy(address.sun_path, stub->path);
    stub->listener = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(stub->listener, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(stub->listener, 1), 0);
}

static void clean_up(struct stub *stub)
{
    close(stub->listener);
    folder_drop();
}

static int ask_path(const char *path, struct cf_span limit, json_t **ret, struct cf_error *err)
{
    *err = (struct cf_error){0};
    return cf_control_ask(path, limit, "why", (const char *[]){"session", "12", NULL}, ret, err);
}

static int ask_stub(const char *answer, size_t length, bool deaf, json_t **ret, struct cf_error *err)
{
    struct stub stub = {.answer = answer, .length = length, .deaf = deaf};
    listen_at(&stub);
    assert_int_equal(uv_thread_create(&stub.thread, serve_one, &stub), 0);
    int code = ask_path(stub.path, CF_MINUTE, ret, err);
    (void)uv_thread_join(&stub.thread);
    clean_up(&stub);
    return code;
}

static void test_answers(void **state)
{
    (void)state;
    static const struct {
        const char *answer;
        int code;
        const char *text;
    } rows[] = {
        {"{\"curfew\":1,\"id\":1,\"ok\":false,\"code\":\"denied\",\"error\":\"not you\"}\n", CF_DENIED,
         "not you"},
        {"{\"curfew\":1,\"id\":1,\"ok\":false,\"code\":\"gone\",\"error\":\"no such\"}\n", CF_GONE,
         "no such"},
        {"{\"curfew\":2,\"id\":1,\"ok\":true}\n", CF_UNSUPPORTED, "version 2"},
        {"{\"curfew\":2,\"id\":1,\"ok\":false,\"code\":\"unsupported\",\"error\":\"x\"}\n", CF_UNSUPPORTED,
         "different releases"},
        {"SSH-2.0-OpenSSH_9.2\n", CF_FAILED, "not an engine of curfew"},
        {"{\"curfew\":1,\"id\":1,\"ok\":tr", CF_UNAVAILABLE, "went away"},
        {"", CF_UNAVAILABLE, "went away"},
    };
    json_t *result = NULL;
    struct cf_error err;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(ask_stub(rows[i].answer, strlen(rows[i].answer), false, &result, &err),
                         rows[i].code);
        assert_contains(err.text, rows[i].text);
        assert_null(result);
    }
    const char right[] = "{\"curfew\":1,\"id\":1,\"ok\":true,\"result\":{\"a\":1}}\n";
    assert_int_equal(ask_stub(right, sizeof right - 1, false, &result, &err), CF_OK);
    assert_int_equal(json_integer_value(json_object_get(result, "a")), 1);
    json_decref(result);
}

/* Sent away without having been heard, as where there are too many. */
static void test_sent_away(void **state)
{
    (void)state;
    static const char busy[] =
        "{\"curfew\":1,\"id\":null,\"ok\":false,\"code\":\"refused\",\"error\":\"busy\"}\n";
    json_t *result = NULL;
    struct cf_error err;
    for (int i = 0; i < 100; i++) { /* before, while or after it has sent */
        assert_int_equal(ask_stub(busy, sizeof busy - 1, true, &result, &err), CF_REFUSED);
        assert_string_equal(err.text, "busy");
    }
}

/* A long answer comes in many pieces; one without an end is given up. */
static void test_long_answers(void **state)
{
    (void)state;
    struct cf_buffer answer = {0};
    json_t *result = NULL;
    struct cf_error err;
    cf_buffer_puts(&answer, "{\"curfew\":1,\"id\":1,\"ok\":true,\"result\":\"");
    while (answer.length < 8 * 1024 * 1024)
        cf_buffer_puts(&answer, "0123456789012345678901234567890123456789");
    size_t begun = answer.length;
    cf_buffer_puts(&answer, "\"}\n");
    assert_int_equal(ask_stub(answer.data, answer.length, false, &result, &err), CF_OK);
    assert_true(json_string_length(result) > 8 * 1024 * 1024 - 64);
    json_decref(result);
    result = NULL;
    answer.length = begun;
    char chunk[65536];
    memset(chunk, 'x', sizeof chunk);
    while (answer.length <= CF_CONTROL_REPLY + sizeof chunk)
        cf_buffer_add(&answer, chunk, sizeof chunk);
    assert_int_equal(ask_stub(answer.data, answer.length, false, &result, &err), CF_FAILED);
    assert_contains(err.text, "longer than");
    cf_buffer_finish(&answer);
}

static void test_nobody_there(void **state)
{
    (void)state;
    struct stub stub = {0};
    json_t *result = NULL;
    struct cf_error err;
    assert_int_equal(ask_path("/nowhere/control", CF_MINUTE, &result, &err), CF_UNAVAILABLE);
    assert_contains(err.text, "no engine is running at /nowhere/control");

    listen_at(&stub);
    close(stub.listener); /* as an engine that was killed leaves it */
    assert_int_equal(ask_path(stub.path, CF_MINUTE, &result, &err), CF_UNAVAILABLE);
    assert_contains(err.text, "no engine is running");
    clean_up(&stub);

    char path[200];
    memset(path, 'x', sizeof path);
    path[sizeof path - 1] = '\0';
    assert_int_equal(ask_path(path, CF_MINUTE, &result, &err), CF_USAGE);
}

static void test_no_right(void **state)
{
    (void)state;
    needs_root();
    struct stub stub = {0};
    json_t *result = NULL;
    struct cf_error err;
    listen_at(&stub); /* its folder is root's alone */
    assert_int_equal(seteuid(1000), 0);
    int code = ask_path(stub.path, CF_MINUTE, &result, &err);
    assert_int_equal(seteuid(0), 0);
    assert_int_equal(code, CF_DENIED);
    assert_contains(err.text, "you may not talk to the engine");
    clean_up(&stub);
}

/* One that listens and never answers; and one whose queue is full, so that nobody even gets in. */
static void test_no_answer(void **state)
{
    (void)state;
    struct stub stub = {0};
    json_t *result = NULL;
    struct cf_error err;
    listen_at(&stub);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(ask_path(stub.path, (struct cf_span){20000}, &result, &err), CF_TIMEOUT);
        assert_contains(err.text, "nobody knows whether it was done");
    }
    clean_up(&stub);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),      cmocka_unit_test(test_sent_away),
        cmocka_unit_test(test_long_answers), cmocka_unit_test(test_nobody_there),
        cmocka_unit_test(test_no_right),     cmocka_unit_test(test_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
