--- Log off sessions left idle, after counting the user down.
--
-- Idle time that nobody knows (a session without a terminal, say) never ends a session, unless `unseen` says so.

local limit    = option("limit", 30 * minute, "idle time that ends a session", { least = 2 * minute, never = true })
local warnings = option("warnings", { 5 * minute, 1 * minute }, "how long before the end to warn, longest first",
                        { least = 10 * second, most = 1 * day })
local unseen   = option("unseen", never, "time logged on that ends a session of unknown idle time",
                        { least = 5 * minute, never = true })

assert(warnings[1] and warnings[1] < limit, "limit must be longer than the first of the warnings")

sessions.watch({ class = "user" }, function (session)
  session:wait_idle(limit - warnings[1])

  for left, pause in countdown(warnings) do
    session:warn("No activity: you will be logged off in {left}.", { left = left })
    if session:wait_active(pause) then return end   -- a sign of life: start afresh
  end

  session:logoff("idle for {idle}")
end)

if unseen ~= never then
  sessions.watch({ class = "user" }, function (session)
    local left = unseen - warnings[1] - session.age
    if left > 0 * second then clock.sleep(left) end

    local notice
    for rest, pause in countdown(warnings) do
      if session.idle_source then break end
      notice = session:warn("Nobody can tell whether you are here: you will be logged off in {left}.", { left = rest })
      clock.sleep(pause)
    end

    if session.idle_source then   -- known by now, and so the other task's
      if notice then notice:close() end
      return clock.sleep(unseen)
    end
    session:logoff("logged on for {age}, of unknown activity")
  end)
end
