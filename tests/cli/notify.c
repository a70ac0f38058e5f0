/* A service manager's ear.  cli_notify SOCKET   ("@NAME": abstract) prints what it is told, a datagram a
 * line. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

int main(int count, char **words)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char text[4096];
    if (count != 2 || strlen(words[1]) >= sizeof address.sun_path)
        return 2;
    size_t length = strlen(words[1]);
    memcpy(address.sun_path, words[1], length);
    if (words[1][0] == '@')
        address.sun_path[0] = '\0';
    else
        length++;
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address,
                       (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)) != 0) {
        perror(words[1]);
        return 1;
    }
    (void)puts("listens");
    for (;;) {
        (void)fflush(stdout);
        ssize_t got = recv(fd, text, sizeof text - 1, 0);
        if (got < 0)
            return 1;
        text[got] = '\0';
        for (char *c = text; *c; c++)
            *c = (char)(*c == '\n' ? ' ' : *c);
        (void)puts(text);
    }
}
