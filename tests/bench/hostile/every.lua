-- Appointments by the thousand, each of which begins a run of its own at the same instant.

for _ = 1, 50000 do
  clock.every(1 * hour, function () clock.sleep(1 * second) end)
end
