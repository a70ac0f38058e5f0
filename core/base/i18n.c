#include "base/i18n.h"

#ifdef CF_HAVE_GETTEXT
#include <locale.h>

#define DOMAIN "curfew"

void cf_i18n_begin(const char *folder)
{
    static const char *const domains[] = {DOMAIN, "libc"}; /* libc: strerror's sentences */
    (void)setlocale(LC_MESSAGES, "");
    for (int i = 0; i < 2; i++)
        (void)bind_textdomain_codeset(domains[i], "UTF-8");
    if (folder)
        (void)bindtextdomain(DOMAIN, folder);
    (void)textdomain(DOMAIN);
}
#else
void cf_i18n_begin(const char *folder)
{
    (void)folder;
}
#endif
