-- Has the engine hold, for each session, a condition on all sessions, and values as long as they may be.

sessions.watch({}, function (session)
  for i = 1, 100 do pcall(store.set, session.user .. i, ("x"):rep(3000)) end
  session:wait(function ()
    local all = 0 * second
    for _, other in ipairs(sessions.list {}) do all = all + other.age end
    return all < 0 * second
  end, 1 * day)
end)
