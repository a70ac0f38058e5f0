#include "desktop/display.h"

#include <sys/socket.h>
#include <unistd.h>

bool cf_display_is_users(int fd)
{
    struct ucred peer;
    int domain = AF_UNSPEC;
    socklen_t size = sizeof domain, peer_size = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) != 0)
        return false;
    if (domain != AF_UNIX)
        return true;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &peer_size) == 0 &&
           (peer.uid == getuid() || peer.uid == 0);
}
