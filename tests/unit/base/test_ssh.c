/* Another host by ssh: which names go there, how words survive its shell, and what ssh's end means. */
#include "base/ssh.h"

#include "../unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void only_names_of_hosts_are_taken(void **state)
{
    (void)state;
    static const char *const good[] = {"h2",   "root@h2.example.org", "10.0.2.1", "fe80::1%eth0", "a_b-c",
                                       "x@y@z"};
    static const char *const bad[] = {"",
                                      "-oProxyCommand=touch x",
                                      "root@-oProxyCommand=x",
                                      "@h2",
                                      "root@",
                                      "a b",
                                      "h2;reboot",
                                      "$(reboot)",
                                      "`reboot`",
                                      "h'2",
                                      "h\"2",
                                      "h2\n",
                                      "h\x1b[2J",
                                      "h2/x",
                                      "\xc3\xa1",
                                      "a,b",
                                      "%s\\"};
    struct cf_error err;
    char longest[CF_SSH_NAME + 2];
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_int_equal(cf_ssh_check(good[i], &err), CF_OK);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(cf_ssh_check(bad[i], &err), CF_USAGE);
        assert_null(strpbrk(err.text, "\n\x1b"));
    }
    memset(longest, 'a', sizeof longest);
    longest[CF_SSH_NAME + 1] = '\0';
    assert_int_equal(cf_ssh_check(longest, &err), CF_USAGE);
    longest[CF_SSH_NAME] = '\0';
    assert_int_equal(cf_ssh_check(longest, &err), CF_OK);
}

static void options_end_before_the_name(void **state)
{
    (void)state;
    for (int asks = 0; asks < 2; asks++) {
        const char *words[CF_SSH_WORDS];
        size_t count = 0, batch = 0;
        cf_ssh_words("h2", asks, "command", words);
        for (; words[count]; count++)
            batch += strcmp(words[count], "-oBatchMode=yes") == 0;
        assert_true(count < CF_SSH_WORDS);
        assert_string_equal(words[0], "ssh");
        assert_string_equal(words[count - 3], "--");
        assert_string_equal(words[count - 2], "h2");
        assert_string_equal(words[count - 1], "command");
        assert_int_equal(batch, !asks); /* whoever cannot answer is not asked */
    }
}

#ifndef _WIN32
/* printf in a shell gives each word back as it was. */
static void quoted_words_pass_a_shell(void **state)
{
    (void)state;
    static const char letters[] = "ab '\"\\$`!*?~#&;|<>(){}[]\t-=%\xc3\xa1";
    uint64_t seed = 7;
    for (int round = 0; round < 30; round++) {
        char words[3][24];
        struct cf_buffer command = {0}, expected = {0};
        cf_ssh_quote(&command, "printf");
        cf_ssh_quote(&command, "<%s>");
        for (int i = 0; i < 3; i++) {
            size_t length = (size_t)pick(&seed, sizeof words[i]);
            for (size_t at = 0; at < length; at++)
                words[i][at] = letters[pick(&seed, sizeof letters - 1)];
            words[i][length] = '\0';
            cf_ssh_quote(&command, words[i]);
            cf_buffer_printf(&expected, "<%s>", words[i]);
        }
        char got[512] = "";
        FILE *shell = popen(command.data, "r");
        assert_non_null(shell);
        got[fread(got, 1, sizeof got - 1, shell)] = '\0';
        assert_int_equal(pclose(shell), 0);
        assert_string_equal(got, expected.data);
        cf_buffer_finish(&command);
        cf_buffer_finish(&expected);
    }
}
#endif

static void each_end_has_its_meaning(void **state)
{
    (void)state;
    static const struct {
        int64_t status;
        const char *said;
        int code;
        const char *means;
    } ends[] = {
        {255, "ssh: Could not resolve hostname h2: Name or service not known\r\n", CF_UNAVAILABLE,
         "h2: no host is known by that name"},
        {255, "ssh: connect to host h2 port 22: Connection refused\r\n", CF_UNAVAILABLE,
         "does sshd run there?"},
        {255, "ssh: connect to host h2 port 22: Connection timed out\r\n", CF_UNAVAILABLE, "is it on"},
        {255, "ssh: connect to host h2 port 22: No route to host\r\n", CF_UNAVAILABLE, "is it on"},
        {255, "root@h2: Permission denied (publickey,password).\r\n", CF_DENIED, "the logon was refused"},
        {255, "@@@@\nHost key verification failed.\r\n", CF_DENIED, "its host key"},
        {255, "Timeout, server h2 not responding.\r\n", CF_UNAVAILABLE, "the connection broke"},
        {255, "", CF_UNAVAILABLE, "h2: ssh failed"},
        {255, "Permission denied is what its banner says\nConnection closed by 10.0.0.2 port 22\n",
         CF_UNAVAILABLE, "h2: ssh failed: Connection closed by 10.0.0.2"},
        {127, "sh: 1: bridge: not found\n", CF_UNAVAILABLE,
         "h2: logged on, but bridge is not installed there"},
        {1, "Permission denied\n", CF_UNAVAILABLE, "h2: logged on, but bridge ended: Permission denied"},
        {-15, "", CF_UNAVAILABLE, "h2: ssh was ended by a signal"},
        {1, "\x1b[2Jboo\n\n", CF_UNAVAILABLE, "h2: logged on, but bridge ended: ?[2Jboo"},
        {0, "", CF_UNAVAILABLE, "h2: logged on, but bridge ended"},
    };
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct cf_error err;
        assert_int_equal(cf_ssh_explain("h2", "bridge", ends[i].status, ends[i].said, &err), ends[i].code);
        if (!strstr(err.text, ends[i].means))
            fail_msg("%s does not say: %s", err.text, ends[i].means);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_names_of_hosts_are_taken),
        cmocka_unit_test(options_end_before_the_name),
#ifndef _WIN32
        cmocka_unit_test(quoted_words_pass_a_shell),
#endif
        cmocka_unit_test(each_end_has_its_meaning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
