-- No policy: 200 people whose terminals take no warning, away for a day.

for n = 1, 200 do
  local person = logon("user" .. n, { type = "tty" })
  person:stop_output()
end
advance(1 * day)
