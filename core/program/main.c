#include "program/program.h"

int main(int argc, char **argv)
{
    return cf_program_main(argc, argv);
}
