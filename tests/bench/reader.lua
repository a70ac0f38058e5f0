--- Reads a session every half minute, which has the host asked each time.

sessions.watch({ class = "user" }, function (session)
  while true do
    clock.sleep(30 * second)
    if session.idle >= 100 * day then return end
  end
end)
