--- Once the lab has closed, quiet remote sessions end early, unless their user objects.

local hours        = option("hours", { "Mon-Fri 08:00-22:00" }, "when the lab is open")
local idle         = option("idle", 10 * minute, "idle time that ends a session after closing",
                            { least = 2 * minute, never = true })
local disconnected = option("disconnected", 5 * minute, "time disconnected that ends a session after closing",
                            { least = 2 * minute, never = true })
local patience     = option("patience", 2 * minute, "how long to wait for an answer",
                            { least = 1 * minute, most = 1 * hour })
local respite      = option("respite", 10 * minute, "what an answer gives", { least = 1 * minute, most = 1 * day })

local lab = calendar.weekly(hours)

sessions.watch({ class = "user", remote = true }, function (session)
  -- Looked at again only when something it read can have changed.
  session:wait(function ()
    return not lab:contains(clock.now())
       and (session.idle >= idle or session.disconnected_for >= disconnected)
  end)

  local notice = session:warn("The lab is closed: this session ends in {left}. Do you need it for longer?",
                              { left = patience }, { ask = "I am still here" })
  if notice:answered(patience) then
    notice:close()
    return clock.sleep(respite)
  end

  session:logoff("the lab is closed")
end)
