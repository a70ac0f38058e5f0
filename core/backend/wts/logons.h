/*
 * Who may log on to this machine by Remote Desktop, as `change logon` has it: two values of the registry. The
 * console is never refused, nor are administrators who ask for an administrative session.
 *
 * HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server, TSServerDrainMode: 0; 1 until the restart; 2.
 *
 * HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon, WinStationsDisabled: "0"; "1" nobody at all.
 *
 * The values are those that Microsoft's WMI class Win32_TerminalServiceSetting (Logons,
 * SessionBrokerDrainMode) and VMware's manual of Horizon (RDS hosts in drain mode) tell of.
 */
#ifndef CF_WTS_LOGONS_H
#define CF_WTS_LOGONS_H

#include "backend/backend.h"

#include <winsock2.h> /* and windows.h with it, as libuv wants it */

enum cf_logons cf_wts_logons_read(void);

/* By hand: it lasts, and an engine at work takes none of it back. 0, or Windows' error. */
DWORD cf_wts_logons_change(enum cf_logons logons);

/*
 * For an engine. On: nobody may log on anew until the next restart, unless somebody else has refused logons
 * already; who has a session may come back to it. Off: takes back what was refused so, by whatever engine,
 * and nothing else. 0, or Windows' error.
 */
DWORD cf_wts_logons_refuse(bool on);

/* Whether they are refused by an engine. */
bool cf_wts_logons_are_ours(void);

/* Whether refusing would refuse anybody here: 0, or why not. CF_UNSUPPORTED: it never will; CF_FAILED: not as
 * things are. */
int cf_wts_logons_heeded(struct cf_error *err);

#endif
