/* Windows' names of time zones, out of CLDR's table (windowsZones.xml) when curfew was built. */
#ifndef CF_TIME_WINDOWS_ZONES_H
#define CF_TIME_WINDOWS_ZONES_H

struct cf_windows_zone {
    const char *name, *shown,
        *iana; /* "W. Europe Standard Time", "(UTC+01:00) Amsterdam, …", "Europe/Berlin" */
};

/* The last has no name. */
extern const struct cf_windows_zone cf_windows_zones[];

#endif
