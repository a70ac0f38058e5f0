#include "base/i18n.h"
#include "control/connection.h"

struct cf_span cf_exchange_left(const struct cf_exchange *exchange)
{
    return cf_mono_since(cf_clock_now(&exchange->clock), exchange->deadline);
}

int cf_exchange_late(const struct cf_exchange *exchange, struct cf_error *err)
{
    return cf_error_set(err, CF_TIMEOUT,
                        _("the engine at %s does not answer in time; nobody knows whether it was done"),
                        exchange->path);
}

int cf_exchange_lost(const struct cf_exchange *exchange, struct cf_error *err)
{
    return cf_error_set(err, CF_UNAVAILABLE, _("the engine at %s went away without an answer"),
                        exchange->path);
}

int cf_exchange_no_engine(const struct cf_exchange *exchange, struct cf_error *err)
{
    return cf_error_set(err, CF_UNAVAILABLE, _("no engine is running at %s: curfew run starts one"),
                        exchange->path);
}
