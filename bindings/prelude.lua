--- What reads better in Lua than in C. `core` holds primitives that policies do not see (api_clock.c).

local core = ...

--- A span, or a list of spans above zero from the longest to the shortest, as a list.
local function check_leads(leads, what)
  local list = type(leads) == "span" and { leads } or leads
  if type(list) ~= "table" then
    core.misuse(what .. " wants spans such as { 5 * minute, 1 * minute }, not " .. core.quote(leads))
  end
  for index, lead in ipairs(list) do
    if type(lead) ~= "span" or lead <= 0 * second then
      core.misuse(what .. " wants spans above zero, not " .. core.quote(lead))
    elseif index > 1 and lead >= list[index - 1] then
      core.misuse(what .. " wants the longest span first, but " .. lead .. " follows " .. list[index - 1])
    end
  end
  return list
end

--- A turn for each lead: how much is left, and for how long to pause until the next turn, or the end.
-- Each pause is cut by what the turns took, so that the end stays where the first turn put it. The last one is not:
-- whoever was told "in 1 minute" has that minute.
function countdown(leads)
  leads = check_leads(leads, "countdown")
  if #leads == 0 then core.misuse("countdown wants at least one span") end
  local turn, finish = 0, nil
  return function ()
    turn = turn + 1
    local lead, following = leads[turn], leads[turn + 1]
    if not lead then return nil end
    finish = finish or core.uptime() + lead
    if not following then return lead, lead end

    local left = finish - core.uptime()
    if left < following then left = following end
    return core.spoken(left), left - following
  end
end

--- A turn at each lead before the deadline, then the deadline itself. Leads already past make one turn at once.
function clock.approach(deadline, leads)
  if type(deadline) ~= "instant" then
    core.misuse("clock.approach wants an instant such as clock.now() + 1 * hour, not " .. core.quote(deadline))
  end
  leads = check_leads(leads, "clock.approach")
  local passed = 0 -- leads that had their turn
  return function ()
    local left = deadline - clock.now()
    if left <= 0 * second then return nil end
    if passed == #leads then
      core.sleep_until(deadline)
      return nil
    end
    if leads[passed + 1] < left then
      core.sleep_until(deadline - leads[passed + 1])
      left = deadline - clock.now()
      if left <= 0 * second then return nil end
    end
    repeat passed = passed + 1 until passed == #leads or leads[passed + 1] < left
    return core.spoken(left)
  end
end
