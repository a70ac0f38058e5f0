--- @NAME@: what this policy is for, in a line.

local limit    = option("limit", 1 * hour, "idle time that locks a session")
local warnings = option("warnings", { 1 * minute }, "how long before to warn, longest first")

sessions.watch({ class = "user" }, function (session)
  session:wait_idle(limit - warnings[1])

  for left, pause in countdown(warnings) do
    session:warn("Nobody seems to be here: this session locks in {left}.", { left = left })
    if session:wait_active(pause) then return end   -- a sign of life: start afresh
  end

  session:lock("idle for " .. session.idle)
  session:wait_active(1 * day)   -- locked: nothing to do until somebody comes back
end)
