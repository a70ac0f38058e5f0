--- No session lasts for ever: after a given time logged on, busy or not, it ends.
--
-- Who is over the limit already when curfew comes has the whole countdown all the same.

local limit    = option("limit", 12 * hour, "time logged on that ends a session", { least = 10 * minute, never = true })
local warnings = option("warnings", { 30 * minute, 5 * minute, 1 * minute }, "how long before the end to warn",
                        { least = 10 * second, most = 1 * day })

assert(warnings[1] and warnings[1] < limit, "limit must be longer than the first of the warnings")

sessions.watch({ class = "user" }, function (session)
  local left = limit - warnings[1] - session.age
  if left > 0 * second then clock.sleep(left) end

  for rest, pause in countdown(warnings) do
    session:warn("A session may last {limit}: this one ends in {left}.", { limit = limit, left = rest })
    clock.sleep(pause)
  end

  session:logoff("logged on for {age}")
end)
