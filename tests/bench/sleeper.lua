--- Wakes up every half minute and does nothing: what reader.lua costs beside its reading.

sessions.watch({ class = "user" }, function ()
  while true do clock.sleep(30 * second) end
end)
