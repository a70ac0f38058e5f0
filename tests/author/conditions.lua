--- A policy of conditions, for their tests: idle students go unless they sit an exam, and older sessions of one user.

sessions.watch({ class = "user" }, function (session)
  session:wait(function ()
    if session:in_group("students") and not session:runs("exam") and session.idle >= 5 * minute then return true end
    for _, other in ipairs(sessions.list { user = session.user }) do
      if other.age < session.age and session.idle >= 1 * minute then return true end
    end
    return false
  end)
  if session:wait(function () return session.idle < 10 * second end, 1 * minute) then return end
  session:logoff("away", { unwarned = true })
end)
