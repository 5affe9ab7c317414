### /history, /performance, /equity.

reports-history = History
reports-number = The number goes from 1 to { $most }.
reports-performance = Performance
reports-no-trades = No closed trades yet.
reports-trades = { $n ->
    [one] { $n } trade
   *[other] { $n } trades
}
reports-short-days = { $n } d
reports-sheet = { $n ->
    [one] { $n } closed trade, one a line.
   *[other] { $n } closed trades, one a line.
}
reports-unknown = result unknown
reports-unknowns = { $n ->
    [one] { $n } closed without a known result
   *[other] { $n } closed without a known result
}
reports-r = { $r } R
reports-slippage = slippage { $pips } pips
reports-by-hand = by hand
reports-win-rate = Win rate { $percent }
reports-factor = profit factor { $factor }
reports-expectancy = Expectancy { $money }
reports-average = average { $r } R ({ $n } measured)
reports-best = Best { $money }
reports-worst = worst { $money }
reports-drawdown = Largest fall of the closed results { $money }
reports-measured = R is the result in multiples of the risk at the stop. Money of two currencies is never added.
reports-by-sources = By source
reports-by-accounts = By account
reports-head-count = n
reports-head-win = win
reports-head-factor = PF
reports-head-net = net
reports-more-currencies = … and { $n } more currencies
reports-no-readings = The account was not read in these days.
reports-start = Start { $money } · { $at }
reports-end = Now { $money } · { $at }
reports-gain = Gain { $money }
reports-peak = Peak { $money }
reports-max-drawdown = Largest drawdown { $percent }
reports-payments = { $n ->
    [one] Paid in or out: { $money } in { $n } payment, no part of gain or drawdown
   *[other] Paid in or out: { $money } in { $n } payments, no part of gain or drawdown
}
reports-payments-unknown = ⚠️ The terminal cannot be asked for payments now: one would look like gain or loss.
reports-gaps = Readings up to { $span } apart; between them it may have been higher or lower.
reports-legend-equity = Equity
reports-legend-balance = Balance
reports-legend-drawdown = Drawdown
reports-legend-paid = Paid in or out
