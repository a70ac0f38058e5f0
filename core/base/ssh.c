#include "base/ssh.h"

#include "base/i18n.h"

#include <stdio.h>
#include <string.h>

int cf_ssh_check(const char *server, struct cf_error *err)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-:%@";
    const char *host = strrchr(server, '@') ? strrchr(server, '@') + 1 : server;
    size_t length = strlen(server);
    if (length <= CF_SSH_NAME && strspn(server, letters) == length && *host && *host != '-' &&
        *server != '-' && *server != '@')
        return CF_OK;
    char safe[CF_SSH_NAME];
    (void)cf_text_safe(server, safe, sizeof safe);
    return cf_error_set(err, CF_USAGE,
                        _("%s is not a host's name: give one such as h2, h2.example.org or root@h2"),
                        *safe ? safe : "\"\"");
}

void cf_ssh_words(const char *server, bool asks, const char *command, const char *ret_words[CF_SSH_WORDS])
{
    /* A connection of its own, so that the session it makes there is this command's and nobody else's.
     * Whatever the user's configuration says, the other host gets no agent, display, credentials or host keys
     * out of it, and no other command is run, here or there. */
    const char *const words[] = {"ssh",
                                 "-akxT",
                                 asks ? "-oNumberOfPasswordPrompts=1" : "-oBatchMode=yes",
                                 "-oConnectTimeout=10",
                                 "-oServerAliveInterval=5",
                                 "-oControlMaster=no",
                                 "-oControlPath=none",
                                 "-oClearAllForwardings=yes",
                                 "-oPermitLocalCommand=no",
                                 "-oRemoteCommand=none",
                                 "-oUpdateHostKeys=no",
                                 "-oLogLevel=ERROR",
                                 "--",
                                 server,
                                 command,
                                 NULL};
    memcpy(ret_words, words, sizeof words);
}

void cf_ssh_quote(struct cf_buffer *command, const char *word)
{
    cf_buffer_puts(command, command->length ? " '" : "'");
    for (; *word; word++)
        cf_buffer_add(command, *word == '\'' ? "'\\''" : word, *word == '\'' ? 4 : 1);
    cf_buffer_puts(command, "'");
}

/* In OpenSSH's own words (ssh.c, sshconnect.c, misc.c, packet.c), which are not translated. */
static const struct meaning {
    const char *piece;
    int code;
    const char *means;
} meanings[] = {
    {"Could not resolve hostname", CF_UNAVAILABLE,
     N_("no host is known by that name; check its spelling, and ssh's configuration")},
    {"Host key verification failed", CF_DENIED,
     N_("its host key is not known here, or has changed; compare it, and log on once by ssh")},
    {"Permission denied", CF_DENIED, N_("the logon was refused: it takes another user or another key")},
    {"Too many authentication failures", CF_DENIED,
     N_("the logon was refused: it takes another user or another key")},
    {"Connection refused", CF_UNAVAILABLE, N_("there is no connection: does sshd run there?")},
    {"onnection timed out", CF_UNAVAILABLE,
     N_("there is no connection: is it on, and does every firewall let ssh through?")},
    {"No route to host", CF_UNAVAILABLE,
     N_("there is no connection: is it on, and in reach of this network?")},
    {"Network is unreachable", CF_UNAVAILABLE,
     N_("there is no connection: is it on, and in reach of this network?")},
    {"not responding", CF_UNAVAILABLE, N_("the connection broke: it does not answer any more")},
};

/* The last line that says anything, safe to display. */
static void last_line(const char *said, char *out, size_t size)
{
    size_t end = strlen(said);
    while (end && strchr("\r\n ", said[end - 1]))
        end--;
    size_t begin = end;
    while (begin && said[begin - 1] != '\n')
        begin--;
    char line[256];
    (void)snprintf(line, sizeof line, "%.*s",
                   (int)(end - begin < sizeof line ? end - begin : sizeof line - 1), said + begin);
    (void)cf_text_safe(line, out, size);
}

int cf_ssh_explain(const char *server, const char *command, int64_t status, const char *said,
                   struct cf_error *err)
{
    enum { SSH_FAILED = 255, NOT_FOUND = 127 };
    char line[512];
    last_line(said, line, sizeof line);
    for (size_t i = 0; status == SSH_FAILED && i < sizeof meanings / sizeof meanings[0]; i++) {
        if (strstr(line, meanings[i].piece))
            return cf_error_set(err, meanings[i].code, "%s: %s (%s)", server, _(meanings[i].means), line);
    }
    if (status == SSH_FAILED)
        return cf_error_set(err, CF_UNAVAILABLE, _("%s: ssh failed%s%s"), server, *line ? ": " : "", line);
    if (status < 0)
        return cf_error_set(err, CF_UNAVAILABLE, _("%s: ssh was ended by a signal, or took too long"),
                            server);
    if (status == NOT_FOUND)
        return cf_error_set(err, CF_UNAVAILABLE, _("%s: logged on, but %s is not installed there"), server,
                            command);
    return cf_error_set(err, CF_UNAVAILABLE, _("%s: logged on, but %s ended%s%s"), server, command,
                        *line ? ": " : "", line);
}
