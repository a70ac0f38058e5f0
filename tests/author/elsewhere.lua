--- A run of one session that waits for input of another.

sessions.watch({ user = "ana" }, function (session)
  local bob = sessions.list { user = "bob" }[1]
  if bob and bob:wait_active(1 * hour) then session:warn("bob is back") end
  clock.sleep(1 * day)
end)
