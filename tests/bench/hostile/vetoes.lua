-- A veto for each session, asked before every warning and every logoff.

sessions.protect({}, function ()
  clock.now()
end)

sessions.watch({}, function (session)
  session:wait_idle(10 * minute)
  session:warn("You will be logged off in {left}.", { left = 2 * minute })
  if session:wait_active(2 * minute) then return end
  session:logoff("idle for 10 minutes")
end)
