### /status, the pinned message: in its first line what wants a look.

status-trading-on = ▶️ Trading is on
status-more = { $n } more
status-equity = Equity about { $equity }
status-drawdown = drawdown { $percent } of { $limit }
status-no-positions = No positions
status-unmatched = { $n } unmatched
status-divergences = { $n ->
    [one] { $n } divergence
   *[other] { $n } divergences
}
status-never-read = not read yet
status-not-read = ⚠️ last read { $since }
status-never-guarded = not guarded yet
status-not-guarded = ⚠️ guard last looked { $since }
status-cards = { $n ->
    [one] { $n } card to decide
   *[other] { $n } cards to decide
}
status-orders = { $n ->
    [one] { $n } order on the way
   *[other] { $n } orders on the way
}
status-unconfirmed = { $n } unconfirmed
status-outbox = ⚠️ oldest unsent message: { $since }
