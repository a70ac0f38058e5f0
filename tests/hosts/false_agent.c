/*
 * An agent that lies: false_agent idle|flood|nonsense. Says that it is one, and answers whatever it is asked:
 * nobody was here for an hour; or, once it is taken, whatever nobody asked. Prints what it is told.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char hello[] = "{\"curfew\":1,\"id\":1,\"do\":\"agent\"}\n";

static void answer(int fd, const char *order)
{
    const char *id = strstr(order, "\"id\":");
    if (id)
        (void)dprintf(fd, "{\"id\":%llu,\"idle\":3600,\"source\":\"x11\"}\n", strtoull(id + 5, NULL, 10));
}

int main(int count, char **words)
{
    const struct sockaddr_un place = {.sun_family = AF_UNIX, .sun_path = "/run/curfew/control"};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    FILE *in = fd < 0 ? NULL : fdopen(fd, "r");
    char line[8192];
    if (count < 2 || !in || connect(fd, (const struct sockaddr *)&place, sizeof place) != 0)
        return 1;
    (void)signal(SIGPIPE, SIG_IGN); /* it is heard until the end */
    (void)!write(fd, hello, strlen(hello));
    while (fgets(line, sizeof line, in)) {
        (void)fputs(line, stdout);
        (void)fflush(stdout);
        if (strcmp(words[1], "idle") == 0)
            answer(fd, line);
        else if (strcmp(words[1], "nonsense") == 0)
            (void)dprintf(fd, "{\"id\":1,\"input\":true}\n");
        else
            while (write(fd, line, 1) > 0)
                ;
    }
    (void)puts("the connection has ended");
    return 0;
}
