--- Tries a policy on made-up people: idle, locked, disconnected, restless, in the console and from afar, for days. What
-- fails meanwhile, and which conditions never hold, is noted by the host.

local core, texts = ...

local named = {} -- groups and programs that the policy may ask for
for _, text in ipairs(texts) do
  if #named < 40 and #text > 0 and #text <= 60 and not text:find("%c") then named[#named + 1] = text end
end

local kinds = {
  { user = "ana", fields = { type = "tty", groups = named } },
  { user = "ana", fields = { type = "rdp", remote = true, remote_host = "192.0.2.7", groups = named } },
  { user = "bea", fields = { type = "x11", console = true, seat = "seat0", groups = { "staff" } } },
  { user = "eva", fields = { type = "tty", remote = true, remote_host = "192.0.2.8", idle = "unknown" } },
}

--- One of each kind for each selector of the policy.
local function people()
  local all = {}
  for selector = 0, 7 do
    for place, kind in ipairs(kinds) do
      local label = core.join(kind.user, kind.fields, selector)
      if not label then return all end
      all[#all + 1] = { label = label, kind = place }
    end
  end
  return all
end

--- What cannot be done at the moment is left out.
local function act(one, ...)
  return pcall(core.act, one.label, ...)
end

local function still(days)
  core.begin()
  local all = people()
  for _ = 1, days do
    for _, one in ipairs(all) do
      act(one, "logon")
      if one.kind == 2 then act(one, "disconnect") elseif one.kind == 3 then act(one, "lock") end
    end
    core.advance(1 * day)
  end
end

--- Pauses from a second to four hours, short ones as likely as long ones.
local function pause()
  return math.exp(math.random() * math.log(4 * hour / second)) * second
end

local deeds = { "lock", "unlock", "disconnect", "reconnect", "answer", "logoff", "job" }

local function restless(length)
  core.begin()
  local all, now = people(), 0 * second
  for _, one in ipairs(all) do one.next = pause() end
  while all[1] and now < length do
    local first = all[1]
    for _, one in ipairs(all) do
      if one.next < first.next then first = one end
    end
    core.advance(first.next - now)
    now, first.next = first.next, first.next + pause()
    local deed = deeds[math.random(3 * #deeds)]
    if act(first, "logon") or not deed then
      act(first, "input") -- of which nobody is told, while …
      act(first, "lock")
      act(first, "unlock") -- … this is a sign of life that is seen at once
    else
      act(first, deed, math.random(0, 1), named[1] and named[math.random(#named)] or "make")
    end
  end
end

--- Somebody wants to warn everybody, so that vetoes are asked.
local function vetoed()
  core.begin(true)
  for _, one in ipairs(people()) do
    for _, program in ipairs(one.kind == 1 and named or {}) do act(one, "job", 1, program) end
  end
  core.advance(6 * hour)
end

--- A world that gets too full ends its story.
pcall(still, 8)
pcall(restless, 4 * day)
pcall(vetoed)
if core.waits() then pcall(still, 400) end

for selector, line in ipairs(texts.lines) do
  if selector <= 8 and core.selected(selector - 1) == 0 then
    core.found(line, "selector", "this selector selects nobody: no session can be all of it", true)
  end
end
