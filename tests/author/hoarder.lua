--- Never lets go of what it has waited for: for the limit on that.

sessions.watch({ class = "user" }, function (session)
  while true do
    session:wait_idle(1 * second)
    clock.sleep(1 * second)
  end
end)
