# What goes wrong at the server: each its sentence, and nobody but the one session is the worse for it.
# shellcheck shell=bash
on SESSIONS=3 FAULTS=no-rights curfew sessions && says 1 'access is denied' 'error 5'
verdict 'no rights'
on SESSIONS=3 FAULTS=gone quser /server:nowhere && says 4 'nowhere does not list its sessions' 'the server does not answer'
verdict 'a server that is not there'
mv "$system/wtsapi32.dll" "$system/kept.dll"
on SESSIONS=3 curfew sessions && says 4 'wtsapi32.dll is not in'
verdict 'a missing DLL'
cp "$build/tests/wts/old/wtsapi32.dll" "$system/"
on SESSIONS=3 curfew sessions && says 4 'this Windows is too old' 'WTSEnumerateSessionsExW'
verdict 'a system that is too old'
mv "$system/kept.dll" "$system/wtsapi32.dll"

# Wine says of a file that users may write, as Unix has it, that everyone may.
cp "$root/tests/decisions/seconds".{lua,conf} .
for file in seconds.conf seconds.lua; do
    chmod 666 $file
    on SESSIONS=1 SPEED=leap curfew run --config seconds.conf && says 1 "$file can be written by Everyone" && not_done logoff
    verdict "$file that users could write is not run"
    chmod 644 $file
done
chmod 777 .
on SESSIONS=1 SPEED=leap curfew run --config seconds.conf && says 1 'can be written by Everyone'
verdict '… nor one in a folder that they could write'
chmod 700 .

on SESSIONS=2 curfew sessions && says 0 'active' && ! grep -q locked said
verdict 'unlocked sessions are not locked'
windows win7 && on SESSIONS=2 FAULTS=reversed curfew sessions && says 0 'active' && ! grep -q locked said
verdict '… nor on Windows 7, which says it the other way round'
windows win10

on SESSIONS=10 FAULTS=denied=4 quser && says 0 user1 user4 user10
verdict 'access denied on one session of ten: the others are listed'
on SESSIONS=10 SPEED=leap FAULTS=denied=4 logoff 4 && says 1 'access to session 4 (user4, RDP-Tcp#4) is denied' && not_done 'logoff'
verdict '… and nothing is done to it, which is said'
on SESSIONS=3 FAULTS=down=2 quser && says 0 'user1' ' 2  Down ' 'user3'
verdict 'a session in state Down is an error of its own'
on SESSIONS=3 SPEED=leap FAULTS=down=2 logoff 2 && says 1 'session 2 (user2' 'is being closed already' && not_done 'logoff'
verdict '… and is left alone, which is said'
on SESSIONS=3 SPEED=leap FAULTS=hang-look=2 quser && says 0 ' 1  Active          1' ' 3  Active          3'
verdict 'a session that never answers holds up nobody else'
on SESSIONS=3 SPEED=leap FAULTS=hang-list curfew sessions && says 4 'it does not answer'
verdict 'an enumeration that never comes back'
on SESSIONS=3 SPEED=leap FAULTS=hang-logoff=2 logoff 2 && says 1 && done_to 'hangs user2' && not_done 'logoff'
verdict 'a logoff that blocks for ever'
on SESSIONS=3 SPEED=leap FAULTS=stuck=2 logoff 2 && says 0 && done_to 'stuck user2' 'terminate user2' 'logoff user2'
verdict 'a logoff that does not happen is forced'
on SESSIONS=3 SPEED=leap FAULTS=hang-message=2 msg 2 hello && says 1 'did not answer in time'
verdict 'a message that blocks for ever was not delivered'
on SESSIONS=3 SPEED=leap FAULTS=reused=2 logoff 2 && done_to 'reused user2' && not_done 'logoff' &&
    says 0 "session 2 (user2" "it has ended, and its id is another session's now" && [ "$(calls WTSEnumerateSessionsExW)" -le 2 ]
verdict "a session's number that is another's by the logoff: said at once"
on SESSIONS=10000 quser user9999 && says 0 user9999 && [ "$(calls WTSEnumerateSessionsExW)" -le 2 ]
verdict '10,000 sessions are enumerated'
on SESSIONS=10000 qwinsta 77 && says 0 user77
verdict '… and one is found'
