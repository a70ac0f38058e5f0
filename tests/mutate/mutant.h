/* What scripts/mutate includes first in every file.  It includes nothing, so as not to take a name from any.
 */
#ifndef CF_MUTANT_H
#define CF_MUTANT_H

extern int cf_mutant_in_force; /* the number of a change, or -1 for none */
extern char
    *cf_mutant_seen; /* for each change whether its place was passed, as '0' or '1'; NULL where nobody asks */

/* Whether the change of this number is in force. */
static inline int cf_mutant(int number)
{
    if (cf_mutant_seen)
        cf_mutant_seen[number] = '1';
    return cf_mutant_in_force == number;
}

#endif
