/* Whom the configuration protects, always. */
#include "engine/config/guards.h"

#include "base/i18n.h"

enum { FIRST_USER_UID = 1000 }; /* login.defs(5), UID_MIN: accounts below are the system's */

const char *cf_guard(const struct cf_config *config, const struct cf_session *session)
{
    if (session->closing == CF_TRI_YES)
        return N_("the session is already closing");
    if (session->uid == CF_NUMBER_UNKNOWN && !session->sid &&
        (config->protect_root || config->protect_system))
        return N_("nobody knows whose session it is");
    if (config->protect_root &&
        (session->uid == 0 || (session->sid && cf_text_matches("*-500", session->sid))))
        return N_("root is protected");
    if (config->protect_system && session->uid > 0 && session->uid < FIRST_USER_UID)
        return N_("system accounts are protected");
    if (config->protect_console && session->console != CF_TRI_NO)
        return session->console == CF_TRI_YES ? N_("the console is protected")
                                              : N_("it may be the console, which is protected");
    switch (cf_selector_match_any(config->protect, session)) {
    case CF_TRI_YES: return N_("the configuration protects the session");
    case CF_TRI_UNKNOWN: return N_("nobody knows whether the configuration protects the session");
    default: return NULL;
    }
}

uint64_t cf_guard_fields(const struct cf_config *config)
{
    return CF_FIELD_BIT(CF_FIELD_UID) | CF_FIELD_BIT(CF_FIELD_SID) | CF_FIELD_BIT(CF_FIELD_CONSOLE) |
           CF_FIELD_BIT(CF_FIELD_CLOSING) | cf_selector_fields(config->protect);
}
