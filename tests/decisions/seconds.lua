--- For tests: twelve seconds idle, then eight to come back.
sessions.watch({ class = "user" }, function (session)
  session:wait_idle(12 * second)
  session:warn("You will be logged off in {left}.", { left = 8 * second })
  if session:wait_active(8 * second) then return end
  session:logoff("idle for {idle}")
end)
