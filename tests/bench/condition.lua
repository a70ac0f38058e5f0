local lab = calendar.weekly { "Mon-Fri 08:00-22:00" }

sessions.watch({ class = "user" }, function (session)
  session:wait(function ()
    return not lab:contains(clock.now())
       and (session.idle >= 10 * minute or session.disconnected_for >= 5 * minute)
  end)
end)
