/* Whose a display's server is, by the kernel's word, which is the test's here. */
#include "desktop/display.h"

#include "../unit.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

static uid_t server; /* who has begun it */

int __wrap_getsockopt(int fd, int level, int name, void *value, socklen_t *size);
int __real_getsockopt(int fd, int level, int name, void *value, socklen_t *size);

int __wrap_getsockopt(int fd, int level, int name, void *value, socklen_t *size)
{
    int code = __real_getsockopt(fd, level, name, value, size);
    if (name == SO_PEERCRED)
        ((struct ucred *)value)->uid = server;
    return code;
}

static bool is_users(int fd, uid_t uid)
{
    server = uid;
    return cf_display_is_users(fd);
}

static void whose_it_is(void **state)
{
    (void)state;
    int pair[2], far = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    assert_true(is_users(pair[0], getuid()));
    assert_true(is_users(pair[0], 0));
    assert_false(is_users(pair[0], getuid() + 1));
    assert_false(is_users(pair[0], (uid_t)-1)); /* nobody in this user namespace */
    assert_true(is_users(far, getuid() + 1));
    (void)close(pair[1]);
    (void)close(far);
    (void)close(pair[0]);
    assert_false(is_users(pair[0], getuid())); /* no socket at all */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(whose_it_is)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
