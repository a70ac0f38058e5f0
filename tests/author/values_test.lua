-- Whatever an option is set to: the shipped policy does not load, or leaves alone whoever is connected and at work.
--
-- The claim, over values in and around each option's domain (zero, "never", negative, just inside and outside, huge,
-- of another kind): of somebody connected who types every 50 seconds,
--   idle, disconnected, lab-closing and one-session-per-user never end the session,
--   session-limit and daily-allowance end it at its limit, as the value says, not before,
--   after-hours and maintenance do not end it inside hours, or outside the window,
-- and nobody is ended who was not warned a minute before.

local VARIANTS, HOURS = 25, 13

local edges = { "0s", 0, "-0s", "-5m", "-1us", "1us", "never", "9s", "10s", "11s", "59s", "1m", "61s", "119s", "2m",
                "121s", "299s", "5m", "301s", "599s", "10m", "11m", "30m", "2h", "12h", "23h59m", "1d", "25h", "1000w",
                "52000w", "53000w", 30, -1, 1e300, "soon", "", true, {}, "1h30m", "0.5s" }
local numbers = { 0, -1, 0.005, 0.01, 0.02, 0.5, 4096, 4097, 1e300, "1", true, {} }

local function pick(list) return list[math.random(#list)] end

local function span()
  if math.random(4) > 1 then return pick(edges) end
  return math.floor(math.exp(math.random() * math.log(400 * 86400))) .. "s"
end

local function spans()
  local list = {}
  for i = 1, math.random(0, 3) do list[i] = span() end
  return math.random(3) == 1 and span() or list
end

local always, nowhere = { "Mon-Sun 00:00-24:00" }, { "Sun 03:00-04:00" } -- the test is on a Monday

local policies = {
  ["idle"]                 = { limit = span, warnings = spans, unseen = span },
  ["disconnected"]         = { limit = span },
  ["lab-closing"]          = { hours = function () return nowhere end, idle = span, disconnected = span,
                               patience = span, respite = span },
  ["one-session-per-user"] = { grace = span },
  ["session-limit"]        = { limit = span, warnings = spans, ends = "limit" },
  ["daily-allowance"]      = { allowance = span, warnings = spans, ends = "allowance" },
  ["after-hours"]          = { hours = function () return always end, grace = span, warnings = spans },
  ["maintenance"]          = { window = function () return nowhere end, grace = span, warnings = spans },
  ["spare-running-jobs"]   = { cpu = function () return pick(numbers) end },
}

local names = {}
for name in pairs(policies) do names[#names + 1] = name end
table.sort(names)

local function seconds_of(time) -- "1:05:00", "25:00"
  local hours, minutes, rest = time:match("^(%d+):(%d+):(%d+)$")
  if not hours then hours, minutes, rest = 0, time:match("^(%d+):(%d+)$") end
  return hours * 3600 + minutes * 60 + rest
end

local function seconds_set(value) -- "1h30m"
  local total = 0
  if value == 0 or value == "never" or value:match("^%-?0s$") then return math.huge end
  for number, unit in value:gmatch("([%d.]+)(%a+)") do
    total = total + number * ({ us = 1e-6, s = 1, m = 60, h = 3600, d = 86400, w = 604800 })[unit]
  end
  return total
end

local function written(value)
  if type(value) ~= "table" then return tostring(value) end
  local all = {}
  for name, item in pairs(value) do
    all[#all + 1] = (type(name) == "string" and name .. "=" or "") .. written(item)
  end
  table.sort(all)
  return "{" .. table.concat(all, " ") .. "}"
end

--- What the journal says of a session: no end but by the rule `ends`, and none unwarned.
local function judge(host, session, least)
  local warned
  for _, line in ipairs(host:journal { session = session }) do
    local time, what = line:match("^(%S+)  (%a+)")
    if what == "warn" then warned = warned or seconds_of(time) end
    if what == "logoff" then
      expect(least and seconds_of(time) >= least):is(true)
      expect(warned and seconds_of(time) - warned >= 60):is(true)
    end
  end
  if not least then expect(session.gone):is(false) end
end

for _, name in ipairs(names) do
  local loaded = 0
  for _ = 1, VARIANTS do
    local options, rule = {}, policies[name]
    for option, make in pairs(rule) do
      local hours = option == "hours" or option == "window"
      if hours or option ~= "ends" and math.random(3) > 1 then options[option] = make() end
    end
    test(name .. " " .. written(options), function (host)
      if not pcall(host.load, host, "../../policies/" .. name .. ".lua", options) then return end
      loaded = loaded + 1
      local ana = host:logon("ana", { groups = { "students" } })
      local bea = host:logon("bea", { type = "rdp", remote = true, groups = { "students" } })
      for _ = 1, HOURS * 72 do
        if not ana.gone then ana:input() end
        if not bea.gone then bea:input() end
        host:advance(50 * second)
      end
      local least = rule.ends and seconds_set(options[rule.ends] or (name == "session-limit" and "12h" or "4h"))
      judge(host, ana, least)
      judge(host, bea, least)
    end)
  end
  test(name .. ": some of its values load", function () expect(loaded > 0):is(true) end)
end
