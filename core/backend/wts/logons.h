/*
 * Refusing logons, as `change logon` does: by two values of the registry, of this machine alone.
 *
 *   HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server      TSServerDrainMode    0, 1 until the restart, 2
 *   HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon WinStationsDisabled  "0", "1" nobody at all
 */
#ifndef CF_WTS_LOGONS_H
#define CF_WTS_LOGONS_H

#include <stdbool.h>
#include <winsock2.h> /* and windows.h with it, as libuv wants it */

/* On: nobody may log on anew until the next restart, if nothing stricter is in force already; who has a
 * session may come back to it. Off: what was in force before. 0, or Windows' error. */
DWORD cf_wts_logons_refuse(bool on);

#endif
