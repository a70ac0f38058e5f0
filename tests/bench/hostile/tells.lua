-- Tells everybody something for as long as it is let.

sessions.watch({}, function (session)
  while true do
    pcall(function () session:tell("Hello.") end)
    clock.sleep(1 * second)
  end
end)
