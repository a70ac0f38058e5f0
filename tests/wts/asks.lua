--- For tests: two minutes idle, then a question for one minute.
sessions.watch({ class = "user" }, function (session)
  session:wait_idle(2 * minute)
  session:warn("You will be logged off in {left}.", { left = 1 * minute }, { ask = "Stay logged on" })
  if session:wait_active(1 * minute) then return end
  session:logoff("idle for {idle}")
end)
