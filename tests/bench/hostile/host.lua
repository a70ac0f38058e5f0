-- A host with 200 people logged on, of whom eight are of this host's users, too: they may ask for their own sessions.

starts("2026-03-02 08:00", "UTC")

for i = 1, 200 do logon("user" .. i, { uid = 999 + i }) end
advance(1 * hour)
