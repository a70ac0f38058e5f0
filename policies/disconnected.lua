--- Log off sessions whose user went away and left them disconnected.
--
-- There is no screen to warn on; whoever reconnects within the limit finds the session as it was.

local limit = option("limit", 4 * hour, "time disconnected that ends a session", { least = 2 * minute, never = true })

sessions.watch({ class = "user" }, function (session)
  session:wait(function () return session.disconnected_for >= limit end)
  session:logoff("disconnected for {disconnected_for}", { unwarned = true })
end)
