-- A run for each session that comes or goes, none of which ends soon.

sessions.on("logon", function () clock.sleep(12 * hour) end)
sessions.on("logoff", function () clock.sleep(12 * hour) end)
