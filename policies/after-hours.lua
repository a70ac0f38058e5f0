--- Empty the building: no session outlives office hours.
--
-- Whoever logs on outside them, or just before they end, is given `grace`; just before they begin, the whole day. With
-- `once`, who comes back in the same night has what is left of it, or two minutes.
-- Holidays are dates ("05-01", "2026-12-24..2027-01-01") or files of them (.txt, .ics), whose paths begin with "/" or
-- at this file's folder. Of an iCalendar file, some events may count: { "days.ics", only = { summary = "Bank*" } }.

local office   = calendar.weekly(option("hours", { "Mon-Fri 07:30-19:00", "Sat 09:00-13:00" }, "when people may work"))
local holidays = option("holidays", calendar.dates {}, "days off: dates, files of them, and which of their events")
local grace    = option("grace", 10 * minute, "what a logon outside hours is given",
                        { least = 2 * minute, most = 1 * day })
local once     = option("once", false, "whether somebody has the grace once a night only")
local warnings = option("warnings", { 30 * minute, 5 * minute, 1 * minute }, "how long before the end to warn",
                        { least = 10 * second, most = 1 * day })
local open     = office - holidays

-- When the grace of this night ends for somebody who is here at `now`.
local function grace_ends(user, now)
  local night, had = open:starts(now), store.get(user)
  if not had or had.night ~= night then
    had = { night = night, ends = now + grace }
    store.set(user, had)
  end
  return had.ends < now + 2 * minute and now + 2 * minute or had.ends
end

sessions.watch({ class = "user" }, function (session)
  local now     = clock.now()
  local closing = open:ends(now + grace)
  if once and session.user and closing == now + grace and not open:contains(now) then
    closing = grace_ends(session.user, now)
  end

  for left in clock.approach(closing, warnings) do
    session:warn("We are closing: this session ends in {left}.", { left = left })
  end

  session:logoff("outside office hours")
end)
