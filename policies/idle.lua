--- Log off sessions left idle, after counting the user down.
--
-- Idle time that nobody knows (a session without a terminal, say) never ends a session.

local limit    = option("limit", 30 * minute, "idle time that ends a session")
local warnings = option("warnings", { 5 * minute, 1 * minute }, "how long before the end to warn, longest first")

assert(warnings[1] and warnings[1] < limit, "limit must be longer than the first of the warnings")

sessions.watch({ class = "user" }, function (session)
  session:wait_idle(limit - warnings[1])

  for left, pause in countdown(warnings) do
    session:warn("No activity: you will be logged off in {left}.", { left = left })
    if session:wait_active(pause) then return end   -- a sign of life: start afresh
  end

  session:logoff("idle for " .. session.idle)
end)
