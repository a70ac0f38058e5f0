/* The stage: what the primitives of a test's words work on. One test at a time. */
#ifndef CF_AUTHOR_STAGE_H
#define CF_AUTHOR_STAGE_H

#include "author/words.h"
#include "author/world.h"

struct cf_stage {
    const char *path; /* of the file of tests */
    struct cf_world world;
    struct cf_people people;
    struct cf_buffer claim; /* in full, the claim that did not hold; empty where none was made */
};

/* A fresh host, for one test. Policies are looked for beside `path`, then in `policy_folder` (may be NULL).
 */
void cf_stage_init(struct cf_stage *stage, const char *path, const char *policy_folder);
void cf_stage_finish(struct cf_stage *stage);

/* The primitives, of a state whose owner's first member is the stage. */
extern const luaL_Reg cf_stage_words[];

#endif
