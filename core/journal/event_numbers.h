/*
 * The number of each kind of the journal's entries in Windows' Event Log, behind CF_EVENT_ENTRY. Filters and
 * subscriptions go by them, so none changes its meaning: new ones come behind. The program's table of
 * messages is made of this very list, by cmake/windows_resources.cmake, which reads "EVENT(NAME, NUMBER)".
 */
#ifndef CF_JOURNAL_EVENT_NUMBERS_H
#define CF_JOURNAL_EVENT_NUMBERS_H

#define CF_EVENT_NUMBERS(EVENT)                                                                              \
    EVENT(WARN, 0)                                                                                           \
    EVENT(WITHDRAW, 1)                                                                                       \
    EVENT(ANSWER, 2)                                                                                         \
    EVENT(TELL, 3)                                                                                           \
    EVENT(LOCK, 4)                                                                                           \
    EVENT(DISCONNECT, 5)                                                                                     \
    EVENT(LOGOFF, 6)                                                                                         \
    EVENT(FORCE, 7)                                                                                          \
    EVENT(ENDED, 8)                                                                                          \
    EVENT(REFUSED, 9)                                                                                        \
    EVENT(VETOED, 10)                                                                                        \
    EVENT(FAILED, 11)                                                                                        \
    EVENT(DOOR, 12)                                                                                          \
    EVENT(RESTART, 13)                                                                                       \
    EVENT(EXTEND, 14)                                                                                        \
    EVENT(PAUSE, 15)                                                                                         \
    EVENT(RESUME, 16)                                                                                        \
    EVENT(HELD, 17)                                                                                          \
    EVENT(SKIPPED, 18)                                                                                       \
    EVENT(DOUBT, 19)                                                                                         \
    EVENT(UNREACHED, 20)                                                                                     \
    EVENT(SENT, 21)

#endif
