--- For tests: a minute idle, then off the screen.
sessions.watch({ class = "user" }, function (session)
  session:wait_idle(1 * minute)
  session:disconnect("idle for {idle}")
  clock.sleep(1 * hour)
end)
