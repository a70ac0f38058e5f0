/*
 * libical, loaded when the first iCalendar file is read and kept from then on: it brings ICU and C++ along,
 * whose loading takes longer than all else that a one-off command does.
 */
#ifndef CF_CALENDAR_LIBICAL_H
#define CF_CALENDAR_LIBICAL_H

#include "base/error.h"

#include <libical/ical.h>

/* clang-format off */
#define CF_LIBICAL_FUNCTIONS(X) \
    X(icalcompiter_deref) X(icalcompiter_next) X(icalcomponent_begin_component) X(icalcomponent_free) \
    X(icalcomponent_get_first_property) X(icalcomponent_get_next_property) X(icalcomponent_isa) \
    X(icalerror_set_errors_are_fatal) X(icalparameter_get_tzid) X(icalparser_parse_string) \
    X(icalproperty_get_dtend) X(icalproperty_get_dtstart) X(icalproperty_get_duration) \
    X(icalproperty_get_exdate) X(icalproperty_get_first_parameter) X(icalproperty_get_property_name) \
    X(icalproperty_get_rdate) X(icalproperty_get_recurrenceid) X(icalproperty_get_rrule) \
    X(icalproperty_get_status) X(icalproperty_get_summary) X(icalproperty_get_tzid) \
    X(icalproperty_get_uid) X(icalproperty_get_x) X(icalproperty_get_x_name) \
    X(icalproperty_get_xlicerror) X(icalrecurrencetype_day_day_of_week) \
    X(icalrecurrencetype_day_position) X(icaltime_is_null_time) X(icaltime_is_utc)
/* clang-format on */

struct cf_libical {
#define CF_LIBICAL_POINTER(name) __typeof__(name) *name; /* NOLINT(bugprone-macro-parentheses) */
    CF_LIBICAL_FUNCTIONS(CF_LIBICAL_POINTER)
#undef CF_LIBICAL_POINTER
};

extern struct cf_libical cf_libical; /* its functions, once cf_libical_load() has returned 0 */

/* CF_UNSUPPORTED where it is not installed. */
int cf_libical_load(struct cf_error *err);

#endif
