--- lab-closing.lua as a poller has it: looks at every session every second.

local lab = calendar.weekly { "Mon-Fri 08:00-22:00" }

sessions.watch({ class = "user", remote = true }, function (session)
  repeat
    clock.sleep(1 * second)
  until not lab:contains(clock.now())
    and (session.idle >= 10 * minute or session.disconnected_for >= 5 * minute)

  local notice = session:warn("This session ends in {left}.", { left = 2 * minute }, { ask = "I am here" })
  if notice:answered(2 * minute) then
    notice:close()
    return clock.sleep(10 * minute)
  end

  session:logoff("the lab is closed")
end)
