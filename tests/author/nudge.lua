--- A small policy for the tests of the test vocabulary: warns a minute before it ends an idle session.

local limit = option("limit", 2 * minute, "idle time that ends a session")
local asks  = option("asks", false, "whether the warning has a button")

sessions.watch({ class = "user" }, function (session)
  session:wait_idle(limit - 1 * minute)
  local ask = asks and "Yes" or nil
  local notice = session:warn("Still there? {left} left.", { left = 1 * minute }, { ask = ask })
  if asks and notice:answered(1 * minute) then return end
  if session:wait_active(1 * minute) then return end
  session:logoff("idle for " .. session.idle)
end)
