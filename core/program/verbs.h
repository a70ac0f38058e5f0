#ifndef CF_PROGRAM_VERBS_H
#define CF_PROGRAM_VERBS_H
int cf_program_main(int argc, char **argv);
#endif
