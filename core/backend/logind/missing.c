#include "logind/missing.h"

#include "base/text.h"

#include <unistd.h>

/* A desktop that began before it was installed has none, and a user may end their own. */
static bool is_installed(void)
{
    return access("/usr/bin/curfew-agent", X_OK) == 0 || access("/usr/local/bin/curfew-agent", X_OK) == 0;
}

static const char *without_agent(bool hinted, bool astray)
{
    if (astray)
        return hinted
                   ? "no warning can be shown at this desktop: the display that its curfew-agent was given is "
                     "closed to it, or is not this session's"
                   : "nothing tells of input at this desktop, and no warning can be shown there: the display "
                     "that its curfew-agent was given is closed to it, or is not this session's";
    if (is_installed())
        return hinted
                   ? "no warning can be shown at this desktop: curfew-agent is installed, but not at work in it"
                   : "nothing tells of input at this desktop, and no warning can be shown there: "
                     "curfew-agent is installed, but not at work in it";
    return hinted ? "no warning can be shown at this desktop: install curfew-agent"
                  : "nothing tells of input at this desktop, and no warning can be shown there: install "
                    "curfew-agent";
}

/* Of people's desktops that are in use; what is no desktop by logind's word may be none. */
static bool is_desktop(const struct cf_properties *properties)
{
    return cf_properties_graphical(properties) && properties->class_ &&
           cf_class_is_users(properties->class_) && !cf_properties_closing(properties);
}

bool cf_missing_look(const struct cf_logind *host, struct cf_cached *known)
{
    bool hinted = known->properties.idle_since > 0;
    const char *why = NULL;
    if (!host->server && !host->once && is_desktop(&known->properties)) {
        if (!known->agent)
            why = without_agent(hinted, known->agent_astray);
        else if (known->agent_mute)
            why = "no warning could be shown at this desktop: no notification daemon answers there, and no "
                  "dialog appears; install one, or zenity, kdialog or xmessage";
        else if (known->agent_blind && !hinted)
            why = "this session's agent says nothing of input: its display tells nothing of it";
    }
    bool changed = !cf_text_equal(known->record.missing, why);
    if (changed)
        cf_session_set_string(&known->record, CF_FIELD_MISSING, why);
    return changed;
}
