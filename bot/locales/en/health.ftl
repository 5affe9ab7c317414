### /health: each terminal in two lines, the ones in trouble first.

health-title = { $n ->
    [one] <b>Health</b> · { $n } account: { $lights }
   *[other] <b>Health</b> · { $n } accounts: { $lights }
}
health-unprobed = not probed yet
health-more = { $n ->
    [one] … and { $n } more trouble
   *[other] … and { $n } more troubles
}
health-late = seen { $age } ago
health-connected = connected
health-no-answer = no answer
health-no-link = no link
health-another-account = another account
health-may-trade = may trade
health-may-not-trade = may not trade
health-price = price { $age } old
health-no-price = no price yet
health-trip = { $ms } ms
health-build = build { $build }
health-breaker-open = breaker open
health-breaker-half-open = breaker half open
health-trouble = ⚠️ { $trouble } · for { $lasts }
health-seems-over = ⌛ Seems over: { $trouble } · for { $lasts }
health-desk = The desk
health-waits = oldest message waits { $age }
health-all-told = all told
health-pulse = loop late by { $late } ms · { $memory } MB
health-no-heartbeat = no heartbeat yet
health-version = version { $version }
health-again = Check again
health-checking = Checking …
