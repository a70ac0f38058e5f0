/* A key pressed in this session, as a person does it: `type.exe` prints when, by GetTickCount. */
#include <stdio.h>
#include <windows.h>

int main(void)
{
    keybd_event(VK_SHIFT, 0, 0, 0);
    keybd_event(VK_SHIFT, 0, KEYEVENTF_KEYUP, 0);
    (void)printf("%lu\n", GetTickCount());
    return 0;
}
