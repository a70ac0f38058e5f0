-- Disconnects who has left the console.
sessions.watch({ class = "user" }, function (session)
  session:wait_idle(4 * second)
  session:disconnect("nobody is there")
end)
