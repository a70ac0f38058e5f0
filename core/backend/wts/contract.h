/*
 * The part of wtsapi32.dll that curfew goes by, as Microsoft's reference describes it (Remote Desktop
 * Services API, wtsapi32.h). MinGW-w64's header lacks half of it, and later ones may not: so all has names of
 * ours, and the functions are looked up in the DLL when the program runs (api.h).
 *
 * Times are FILETIMEs: 100 ns since 1601, UTC, by the server's clock; 0 where there is none.
 */
#ifndef CF_WTS_CONTRACT_H
#define CF_WTS_CONTRACT_H

#include <stdint.h>
#include <winsock2.h> /* and windows.h with it, as libuv wants it */

enum cf_wts_state { /* WTS_CONNECTSTATE_CLASS */
                    CF_WTS_ACTIVE,
                    CF_WTS_CONNECTED,     /* a client is there, nobody has logged on */
                    CF_WTS_CONNECT_QUERY, /* a client is coming */
                    CF_WTS_SHADOW,        /* its user watches another session */
                    CF_WTS_DISCONNECTED,
                    CF_WTS_IDLE, /* waits for a client */
                    CF_WTS_LISTEN,
                    CF_WTS_RESET,
                    CF_WTS_DOWN,
                    CF_WTS_INIT,
};

enum cf_wts_class { /* WTS_INFO_CLASS: what WTSQuerySessionInformationW is asked for */
                    CF_WTS_SESSION_ID = 4,
                    CF_WTS_CLIENT_NAME = 10,    /* text */
                    CF_WTS_CLIENT_ADDRESS = 14, /* struct cf_wts_address */
                    CF_WTS_PROTOCOL = 16,       /* USHORT: enum cf_wts_protocol */
                    CF_WTS_INFO = 25,           /* struct cf_wts_infoex */
};

enum cf_wts_protocol { CF_WTS_PROTOCOL_CONSOLE, CF_WTS_PROTOCOL_ICA, CF_WTS_PROTOCOL_RDP };

/* WTS_SESSION_INFO_1W: a row of WTSEnumerateSessionsExW at level 1. */
struct cf_wts_row {
    DWORD environment;
    DWORD state; /* enum cf_wts_state */
    DWORD id;
    WCHAR *name; /* of the WinStation: "Console", "RDP-Tcp#2", "" where disconnected */
    WCHAR *host;
    WCHAR *user, *domain;
    WCHAR *farm;
};

/* WTSINFOEXW with its WTSINFOEX_LEVEL1_W. The user's name holds 20 characters, the domain's 17. */
struct cf_wts_infoex {
    DWORD level; /* 1 */
    struct {
        DWORD id, state;
        LONG flags; /* enum cf_wts_flags */
        WCHAR name[33], user[21], domain[18];
        LARGE_INTEGER logon, connect, disconnect, last_input, current;
        DWORD counters[6];
    } data;
};

enum cf_wts_flags { /* the other way round on Windows 7 and Server 2008 R2 */
                    CF_WTS_FLAGS_UNKNOWN = -1,
                    CF_WTS_FLAGS_LOCKED = 0,
                    CF_WTS_FLAGS_UNLOCKED = 1,
};

/* WTS_CLIENT_ADDRESS. IPv4 begins at the third byte. */
struct cf_wts_address {
    DWORD family; /* AF_INET 2; AF_INET6 23; AF_UNSPEC 0 */
    BYTE bytes[20];
};

/* WTS_PROCESS_INFO_EXW: a row of WTSEnumerateProcessesExW at level 1. */
struct cf_wts_process {
    DWORD session, id;
    WCHAR *name;
    PSID owner; /* NULL: not told */
    DWORD threads, handles, sizes[4];
    LARGE_INTEGER user_time, kernel_time; /* 100 ns */
};

enum cf_wts_type { CF_WTS_TYPE_PROCESS_1 = 1, CF_WTS_TYPE_SESSION_1 = 2 }; /* WTS_TYPE_CLASS */

enum {
    CF_WTS_SERVICES = 0,     /* the session in which services run */
    CF_WTS_LISTENER = 65536, /* the one that waits for connections */
    CF_WTS_CURRENT_SESSION = -1,

    CF_WTS_ANSWER_OK = 1, /* what WTSSendMessageW tells */
    CF_WTS_ANSWER_YES = 6,
    CF_WTS_ANSWER_NO = 7,
    CF_WTS_ANSWER_TIMEOUT = 32000,
    CF_WTS_ANSWER_ASYNC = 32001,

    CF_WTS_EVENTS = 0xff, /* of WTSWaitSystemEvent: all but licences */
};

#define CF_WTS_EVENT_FLUSH 0x80000000u

#endif
