--- A policy that ends without a word, for the tests of who may.

sessions.watch({ class = "user" }, function (session)
  session:wait_idle(10 * minute)
  session:logoff("idle", { unwarned = true })
end)
