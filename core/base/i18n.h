/*
 * The program's own words in the language of whoever runs it, by gettext. What people read is marked; the
 * journal, JSON, and tables that scripts cut up are not, and stay English.
 */
#ifndef CF_BASE_I18N_H
#define CF_BASE_I18N_H

/* Marks a text of a table, which is translated where it is printed. */
#define N_(text) text

#ifdef CF_HAVE_GETTEXT
#include <libintl.h>
#define _(text)                     gettext(text)
#define cf_plural(one, many, count) ngettext(one, many, (unsigned long)(count))
#else
#define _(text)                     (text)
#define cf_plural(one, many, count) ((count) == 1 ? (one) : (many))
#endif

/* The language of all these words: a translation puts its own code, such as "pt_BR". */
#define CF_I18N_LANGUAGE _("en")

/* From now on _() translates by LC_MESSAGES and LANGUAGE, into UTF-8; `folder` has the catalogues. Everything
 * else of the locale stays "C", so that numbers and the comparison of names are everywhere the same. */
void cf_i18n_begin(const char *folder);

#endif
