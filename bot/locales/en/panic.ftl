### /panic: everything closed on every account, the desk locked.

panic-ask = 🆘 Close everything on every account, and lock the whole desk?
panic-positions = { $n ->
    [one] { $n } position, { $lots }
   *[other] { $n } positions, { $lots }
}
panic-equity = Equity { $equity }
panic-unread = ⚠️ Cannot be read now, and is closed as soon as it can be reached: { $accounts }
panic-what = As last read. Positions are closed at the market, pending orders cancelled; nothing new is opened until an owner unlocks.
panic-sure = 🆘 Close everything
panic-dropped = Nothing was done.
panic-runs = 🆘 Panic: everything is being closed
panic-over = ✅ Panic: everything is closed
panic-ended = ⚠️ Panic is over; not everything was closed
panic-by = By { $name }, { $at }
panic-done = { $n ->
    [one] { $done } of { $n } account is flat
   *[other] { $done } of { $n } accounts are flat
}
panic-flat = flat
panic-released = released, nothing more is closed
panic-held = held by an owner
panic-left = { $n ->
    [0] being closed
    [one] { $n } still open
   *[other] { $n } still open
}
panic-stuck = { $n ->
    [0] does not succeed; please look at the terminal
   *[other] { $n } still open, does not succeed; please look at the terminal
}
panic-unreached = not reached: { $error }
panic-goes-on = The desk goes on trying each account by itself until it is flat. New trades are locked everywhere.
panic-locked = New trades stay locked on the desk and on each account: /unlock
