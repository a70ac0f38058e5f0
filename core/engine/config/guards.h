/* Whom the configuration protects, always. */
#ifndef CF_ENGINE_GUARDS_H
#define CF_ENGINE_GUARDS_H

#include "engine/config/config.h"

/* NULL, or why the configuration protects the session: "root is protected". */
const char *cf_guard(const struct cf_config *config, const struct cf_session *session);
uint64_t cf_guard_fields(const struct cf_config *config);

#endif
