--- Never stops telling: more than a test can hold.

sessions.watch({ class = "user" }, function (session)
  while true do
    session:tell("tick")
    clock.sleep(1 * minute)
  end
end)
