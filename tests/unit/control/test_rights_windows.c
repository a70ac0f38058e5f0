/* Who may what with the engine's pipe, as the system has it of a client's own end. */
#include "server_fixture.h"

#include <windows.h>
/* the above comes first */
#include <aclapi.h>
#include <sddl.h>

enum { INSTANCE = 0x4 /* FILE_CREATE_PIPE_INSTANCE: would let others answer for the engine */ };

static PACL list;
static DWORD first_open; /* with what the first pipe of a name was made */

typedef HANDLE WINAPI create_pipe(const WCHAR *name, DWORD open, DWORD mode, DWORD instances, DWORD out,
                                  DWORD in, DWORD limit, SECURITY_ATTRIBUTES *security);
extern create_pipe *__real___imp_CreateNamedPipeW, *__wrap___imp_CreateNamedPipeW;

static HANDLE WINAPI create(const WCHAR *name, DWORD open, DWORD mode, DWORD instances, DWORD out, DWORD in,
                            DWORD limit, SECURITY_ATTRIBUTES *security)
{
    if (!first_open)
        first_open = open;
    return __real___imp_CreateNamedPipeW(name, open, mode, instances, out, in, limit, security);
}

create_pipe *__wrap___imp_CreateNamedPipeW = create; /* what libuv has from Windows */
static PSECURITY_DESCRIPTOR descriptor;

static int read_list(void **state)
{
    (void)state;
    SECURITY_DESCRIPTOR_CONTROL control = 0;
    DWORD revision;
    static const struct cf_control_verb none[] = {{0}};
    server_open(none, NULL, NULL);
    int caller = caller_dial();
    assert_int_equal(GetSecurityInfo(caller_pipe(caller), SE_KERNEL_OBJECT, DACL_SECURITY_INFORMATION, NULL,
                                     NULL, &list, NULL, &descriptor),
                     ERROR_SUCCESS);
    assert_non_null(list);
    assert_true(GetSecurityDescriptorControl(descriptor, &control, &revision));
    caller_hang_up(caller);
    return 0;
}

static int close_server(void **state)
{
    (void)state;
    (void)LocalFree(descriptor);
    server_close();
    return 0;
}

static const ACCESS_ALLOWED_ACE *entry(DWORD at)
{
    void *ace = NULL;
    return at < list->AceCount && GetAce(list, at, &ace) ? ace : NULL;
}

static bool is(const ACCESS_ALLOWED_ACE *ace, WELL_KNOWN_SID_TYPE who)
{
    return IsWellKnownSid((PSID)&ace->SidStart, who);
}

static bool is_own(const ACCESS_ALLOWED_ACE *ace)
{
    unsigned char user[256];
    DWORD size = sizeof user;
    HANDLE token;
    assert_true(OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token));
    assert_true(GetTokenInformation(token, TokenUser, user, size, &size));
    (void)CloseHandle(token);
    return EqualSid((PSID)&ace->SidStart, ((TOKEN_USER *)(void *)user)->User.Sid);
}

/* Before anybody is let in, or it would come too late. */
static void nobody_from_another_machine(void **state)
{
    (void)state;
    const ACCESS_ALLOWED_ACE *first = entry(0);
    assert_int_equal(first->Header.AceType, ACCESS_DENIED_ACE_TYPE);
    assert_true(is(first, WinNetworkSid));
    assert_true(first->Mask & GENERIC_ALL || (first->Mask & FILE_ALL_ACCESS) == FILE_ALL_ACCESS);
}

static void others_read_and_write_and_no_more(void **state)
{
    (void)state;
    DWORD others = 0;
    for (DWORD i = 1; i < list->AceCount; i++) {
        const ACCESS_ALLOWED_ACE *ace = entry(i);
        assert_int_equal(ace->Header.AceType, ACCESS_ALLOWED_ACE_TYPE);
        if (is(ace, WinLocalSystemSid) || is(ace, WinBuiltinAdministratorsSid) || is_own(ace))
            continue;
        assert_true(is(ace, WinAuthenticatedUserSid));
        assert_int_equal(
            ace->Mask & (INSTANCE | DELETE | WRITE_DAC | WRITE_OWNER | GENERIC_ALL | GENERIC_WRITE), 0);
        others |= ace->Mask;
    }
    assert_int_equal(others & (FILE_READ_DATA | FILE_WRITE_DATA), FILE_READ_DATA | FILE_WRITE_DATA);
}

/* Of two that ask at once for the name one gets it: Windows sees to that, if it is asked to. */
static void its_pipe_is_the_first_of_its_name(void **state)
{
    (void)state;
    assert_true(first_open & FILE_FLAG_FIRST_PIPE_INSTANCE);
}

/* Whoever has the name could answer in the engine's place, so the engine has to have it alone. */
static void a_name_that_somebody_else_has(void **state)
{
    (void)state;
    char path[80];
    struct cf_control *control = NULL;
    struct cf_error err = {0};
    (void)snprintf(path, sizeof path, "\\\\.\\pipe\\curfew-theirs-%lu", GetCurrentProcessId());
    HANDLE theirs =
        CreateNamedPipeA(path, PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, PIPE_UNLIMITED_INSTANCES, 0, 0, 0, NULL);
    assert_true(theirs != INVALID_HANDLE_VALUE);
    const struct cf_control_setup setup = {.loop = server.loop, .path = path};
    int code = cf_control_create(&setup, &control, &err);
    cf_control_destroy(control);
    assert_int_equal(code, CF_REFUSED);
    assert_contains(err.text, "somebody else");
    assert_contains(err.text, path);
    (void)CloseHandle(theirs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_from_another_machine),
        cmocka_unit_test(others_read_and_write_and_no_more),
        cmocka_unit_test(its_pipe_is_the_first_of_its_name),
        cmocka_unit_test(a_name_that_somebody_else_has),
    };
    return cmocka_run_group_tests(tests, read_list, close_server);
}
