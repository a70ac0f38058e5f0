/* What the primitives of a test's words work on. One test at a time. */
#ifndef CF_AUTHOR_TEST_CONTEXT_H
#define CF_AUTHOR_TEST_CONTEXT_H

#include "author/test_host.h"
#include "author/vocabulary.h"

struct cf_test_context {
    const char *path; /* of the file of tests */
    struct cf_test_host test_host;
    struct cf_people people;
    struct cf_buffer claim; /* in full, the claim that did not hold; empty where none was made */
};

/* A fresh host, for one test. Policies are looked for beside `path`, then in `policy_folder` (may be NULL).
 */
void cf_test_context_init(struct cf_test_context *context, const char *path, const char *policy_folder);
void cf_test_context_finish(struct cf_test_context *context);

/* The primitives, of a state whose owner's first member is the context. */
extern const luaL_Reg cf_test_context_words[];

#endif
