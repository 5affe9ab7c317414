### /status, the pinned message: in its first line what wants a look.

status-trading-on = ▶️ Trading is on
status-more = { $n } more
status-more-accounts = { $n ->
    [one] … and { $n } more account
   *[other] … and { $n } more accounts
}
status-no-account = No account is set up for you yet.
status-equity = Equity about { $equity }
status-drawdown = drawdown { $percent } of { $limit }
status-no-positions = No positions
status-positions = { $n ->
    [one] { $n } position
   *[other] { $n } positions
}
status-unmatched = { $n } unmatched
status-divergences = { $n ->
    [one] { $n } divergence
   *[other] { $n } divergences
}
status-never-read = not read yet
status-not-read = ⚠️ last read { $since }
status-never-guarded = not guarded yet
status-not-guarded = ⚠️ guard last looked { $since }
status-closing-warned = Everything will be closed
status-closing-counting = Everything will be closed
status-closing-held = Closing is held
status-closing-closing = Everything is being closed
status-closing-stuck = Closing does not succeed
status-closing-flat = Everything was closed
status-closing-locked = Everything was closed
status-closing-released = Nothing more is closed
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
