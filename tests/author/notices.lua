--- What becomes of notices, for their tests: `way` chooses it.

local way = option("way", "asking", "what is done with them")

local function warn(session)
  return session:warn("You will be logged off in {left}.", { left = 10 * minute }, { ask = "I stay" })
end

local ways = {}

-- Locks whoever says yes.
function ways.asking(session)
  if warn(session):answered(1 * minute) then session:lock("the answer is yes") end
  clock.sleep(1 * day)
end

-- Announces an end that is as good as there.
function ways.late(session)
  session:warn("You will be logged off in {left}.", { left = 0.5 * second })
  session:lock("it was shown")
  clock.sleep(1 * day)
end

-- Bea's run closes what ana's shows.
local kept
function ways.handed(session)
  if session.user == "ana" then
    kept = warn(session)
  else
    clock.sleep(1 * minute)
    kept:close()
  end
  clock.sleep(1 * day)
end

-- Announces the end of its tenth minute, whoever came when, and ana's run takes that back.
local began
function ways.withdrawn(session)
  began = began or clock.now()
  local left = 10 * minute - (clock.now() - began)
  local notice = session:warn("You will be logged off in {left}.", { left = left })
  clock.sleep(1 * minute)
  if session.user == "ana" then notice:close() end
  clock.sleep(1 * day)
end

-- Closes what another session shows, or did.
function ways.elsewhere(session)
  local other = sessions.list { user = "bea" }[1]
  if not other or session.user ~= "ana" then return clock.sleep(1 * day) end
  local notice = warn(other)
  clock.sleep(1 * minute)
  notice:close()
  session:tell("It is closed.")
  clock.sleep(1 * day)
end

-- Nobody has heard of it, so that no ground ends it.
function ways.unheard(session)
  session:wait_idle(10 * minute)
  warn(session)
  clock.sleep(2 * minute)
  session:lock("nobody was told")
  clock.sleep(1 * day)
end

sessions.watch({ class = "user" }, ways[way])
