--- For tests: a minute idle, then a question for another.
sessions.watch({ class = "user" }, function (session)
  session:wait_idle(1 * minute)
  session:warn("You will be logged off in {left}.", { left = 1 * minute }, { ask = "Stay logged on" })
  if session:wait_active(1 * minute) then return end
  session:logoff("idle for {idle}")
end)
