/* hello: the least that a program takes to begin, say something, and end. */
#include <stdio.h>

int main(void)
{
    return puts("hello") < 0;
}
