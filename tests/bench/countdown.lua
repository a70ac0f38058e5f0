--- A long countdown, in which it is waited for whoever comes back.

sessions.watch({ class = "user" }, function (session)
  session:wait_idle(1 * minute)
  session:warn("You will be logged off in {left}.", { left = 2 * hour })
  session:wait_active(2 * hour)
end)
