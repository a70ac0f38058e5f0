-- Timers that are due together, each at work for nearly as long as it may be.

for _ = 1, 60 do
  clock.every(1 * second, function ()
    for i = 1, 4000000 do local _ = i end
  end)
end
