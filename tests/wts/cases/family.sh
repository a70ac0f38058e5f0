# Windows' commands by their own names: byte for byte, but for blanks at the ends of lines, which the captures lack, and for
# services and the listener, which are no sessions to curfew.
# shellcheck shell=bash disable=SC2154
for capture in quser-console quser-rdp quser-disconnected qwinsta; do
    at=43200000000
    [ $capture != quser-disconnected ] || at=129600000000
    on SCENARIO=$capture.jsonl AT=$at ${capture%%-*}
    [ "$status" = 0 ] && sed 's/ *$//' said | diff - <(grep -v '^ services \|^ rdp-tcp   ' $capture.txt) >diff.txt
    verdict "$capture is as Windows' own"
done
on SCENARIO=quser-rdp.jsonl AT=43200000000 query user && says 0 '>administrator         rdp-tcp#2'
verdict 'query user is quser'
on SCENARIO=quser-rdp.jsonl AT=43200000000 quser nobody && says 1 'No User exists for nobody'
verdict 'quser of nobody'

on SESSIONS=5 logoff 3 /v && says 0 'ended' && done_to 'logoff user3' && not_done 'logoff user[1245]'
verdict 'logoff ends one session, and sees it gone'
on SESSIONS=5 rwinsta 2 && says 0 && done_to 'logoff user2'
verdict 'rwinsta resets a session'
on SESSIONS=5 curfew reset session rdp-tcp#4 && says 0 && done_to 'logoff user4' 'terminate user4 1' && not_done 'terminate user4 0'
verdict "reset session ends its user's processes, not the system's"
on SESSIONS=5 tsdiscon 1 && says 0 && done_to 'disconnect user1' && not_done 'logoff'
verdict 'tsdiscon'
on SESSIONS=5 msg user2 'Olá, você' && says 0 && done_to 'message user2 60: .*Olá, você'
verdict 'msg shows a message in any script'
on SESSIONS=5 query process /id:2 && says 0 'explorer.exe'
verdict 'query process'
on SESSIONS=5 curfew sessions && says 0 user1 user5
verdict 'curfew sessions'
on SESSIONS=5 quser /server:elsewhere && says 0 user1 user5 && done_to left
verdict '/server: by Windows itself'
