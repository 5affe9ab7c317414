### The message of a liquidation.

liquidation-title-warned = Everything will be closed
liquidation-title-counting = Everything will be closed
liquidation-title-held = Closing is held
liquidation-title-closing = Everything is being closed
liquidation-title-stuck = Closing does not succeed
liquidation-title-flat = Everything was closed
liquidation-title-locked = Everything was closed
liquidation-title-released = Nothing more is closed
liquidation-hold-over = The hold is over
liquidation-newer = A newer message tells how it goes on.
liquidation-held = ✋ Closing of { $account } is held. The hold ends { $until }.
liquidation-equity = Equity <b>{ $equity }</b> as of { $time }.
liquidation-open = Open as of { $time }: { $positions }.
liquidation-open-orders = Open as of { $time }: { $positions }, { $orders }.
liquidation-positions = { $n ->
    [one] { $n } position
   *[other] { $n } positions
}
liquidation-orders = { $n ->
    [one] { $n } pending order
   *[other] { $n } pending orders
}
liquidation-begins-now = ⏳ The countdown begins now.
liquidation-begins = ⏳ Unless somebody acts it begins { $left }.
liquidation-choice-owner = <b>Close now</b> does not wait; <b>Hold</b> stops it for a while. New trades are locked.
liquidation-choice = <b>Close now</b> does not wait; an owner can hold it. New trades are locked.
liquidation-by = By { $holder }: { $reason }. The hold ends { $until }.
liquidation-by-until = { $reason }. The hold ends { $until }.
liquidation-then = Then: released if the drawdown has recovered, else the countdown begins again.
liquidation-stays = New trades stay locked.
liquidation-stays-owner = New trades stay locked; /unlock ends hold and lock.
liquidation-closing = Orders are on their way; the account is read back until it is flat.
liquidation-stuck = Please close the positions in the terminal. The desk goes on trying.
liquidation-released = New trades are possible again.
liquidation-locked = New trades are locked until an owner releases them.
liquidation-locked-owner = New trades are locked until you release them: /unlock
liquidation-question = Hold it for how long, and why? Or write: { $typed }
liquidation-now = Close now
liquidation-hold = Hold
liquidation-release = End hold
liquidation-back = ‹ Back
liquidation-short-p = price
liquidation-short-h = by hand
liquidation-short-n = news
