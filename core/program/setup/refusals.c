#include "program/setup/refusals.h"

#include "base/text.h"
#include "bindings/state/tokens.h"
#include "program/setup/logons.h"

#include <string.h>

static bool refuses(const char *path)
{
    static const char word[] = "refuse_logons";
    struct cf_tokens tokens;
    struct cf_token token;
    bool found = false;
    cf_tokens_open(&tokens, path);
    while (!found && cf_tokens_next(&tokens, &token))
        found = token.kind == CF_TOKEN_NAME && token.length == strlen(word) &&
                memcmp(token.at, word, token.length) == 0;
    cf_tokens_close(&tokens);
    return found;
}

void cf_refusals_check(const struct cf_config *config, void (*tell)(void *data, const char *text), void *data)
{
    const char *gap = cf_logons_gap();
    for (size_t i = 0; gap && i < config->policy_count; i++) {
        struct cf_buffer text = {0};
        cf_buffer_printf(&text, "policies.%s refuses logons: %s", config->policies[i].name, gap);
        if (refuses(config->policies[i].path))
            tell(data, text.data);
        cf_buffer_finish(&text);
    }
}
