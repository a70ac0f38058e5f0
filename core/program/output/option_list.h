/* A policy's options for whoever asks what there is to set. */
#ifndef CF_PROGRAM_OPTION_LIST_H
#define CF_PROGRAM_OPTION_LIST_H

#include <jansson.h>
#include <stdio.h>

/* Each of `options`, as cf_policy_declare has them: its name, what it is for, and what it may be. */
void cf_option_list(const json_t *options, FILE *out);

/* The same, a JSON object a line with the policy's name; spans are seconds, or "never". */
void cf_option_list_json(const char *policy, const json_t *options, FILE *out);

#endif
