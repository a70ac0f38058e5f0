--- One session a user: who logs on again gives up the older session, after a warning there.

local grace = option("grace", 5 * minute, "what the older session is given", { least = 1 * minute, most = 1 * day })

sessions.watch({ class = "user" }, function (session)
  session:wait(function ()
    for _, other in ipairs(sessions.list { class = "user", user = session.user }) do
      if other.age < session.age then return true end
    end
    return false
  end)

  session:warn("You have logged on again elsewhere: this session ends in {left}.", { left = grace })
  clock.sleep(grace)
  session:logoff("logged on again elsewhere")
end)
