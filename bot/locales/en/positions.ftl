### /positions and the view of one position.

positions-no-account = No account is set up for you yet.
positions-count = { $n ->
    [one] { $n } position
   *[other] { $n } positions
}
positions-flat = no positions
positions-unread = not read yet
positions-more-accounts = { $n ->
    [one] … and { $n } more account
   *[other] … and { $n } more accounts
}
positions-none = none
positions-pips = { $pips } pips
positions-stops = SL { $stop } · TP { $target }
positions-source = from { $source }
positions-by-hand = by hand
positions-by-program = by another program
positions-danger-gap = gap
positions-danger-spread = spread
positions-danger-stale = stale prices
positions-danger-closing = closing soon
positions-danger-news = news
positions-read = Read { $at }
positions-entry = Entry { $entry }
positions-now = Now { $now }
positions-stop = Stop { $stop }
positions-target = Target { $target }
positions-swap = Swap { $swap }
positions-opened = Opened { $at }, { $age } ago
positions-not-yours = Only its trader acts on this account. For the desk: /lock, /panic
positions-gone = This position is not open any more.
positions-refresh = ↻ Refresh
positions-back = ‹ Back to the list
positions-act-close = Close
positions-act-half = Half
positions-act-break_even = Break-even
positions-act-stop = Stop …
positions-act-target = Target …
