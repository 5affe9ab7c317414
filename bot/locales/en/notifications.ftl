### /alerts, quiet hours, the digest of what was held, and /route.

digest-title = 🌅 While you had quiet: { $n ->
    [one] { $n } alert
   *[other] { $n } alerts
}
digest-line = { $head }, { $time }
digest-line-times = { $head } ({ $n } times, the last { $time })

alerts-title = 🔔 Your alerts
alerts-legend = { $sign } { $what }
alerts-critical = What is critical always rings, by night too, and goes to the next person when nobody has it in hand.
alerts-quiet = 🌙 Quiet hours
alerts-no-quiet = You have no quiet hours.
alerts-quiet-from = Quiet from { $begins } to { $ends }: what comes then waits for the end, in one message.
alerts-always = Always rings:
alerts-noted = Noted.
wish-always = rings, in quiet hours too
wish-on = rings, and waits for the end of quiet hours
wish-silent = comes without a sound
wish-off = does not come
wish-always-short = Always
wish-on-short = On
wish-silent-short = Silent
wish-off-short = Off
quiet-is = In your quiet hours only critical alerts ring, and what you let ring always. The rest comes in one message at the end. Signals come, without a sound.
quiet-zone = Your time zone: { $zone }. /settings changes it.
quiet-begins = From { $time }
quiet-ends = To { $time }
quiet-set = Quiet from { $begins } to { $ends }
quiet-off = No quiet hours

family-signals = Signals
family-signals-is = The cards of new signals. They cannot be switched off: somebody decides, or they expire.
family-fills = Fills
family-fills-is = Orders of yours that are filled later than your tap: pending ones, and those by standing approval.
family-closes = Closes
family-closes-is = Positions that were closed, how, and with what result.
family-expiry = Expiry
family-expiry-is = Signals that expired without your decision. The card shows it in any case.
family-orders = Orders
family-orders-is = Orders that were refused, not executed or in doubt, and plans that came about in part.
family-divergences = Differences
family-divergences-is = Where the broker holds something else than the desk expects. These messages live and cannot be switched off.
family-drawdown = Drawdown
family-drawdown-is = How near an account is to its limits, and whether its guard sees it.
family-liquidation = Liquidation
family-liquidation-is = When everything on an account is closed at its limit.
family-market = Market
family-market-is = Gaps, wide spreads, stale prices and news while something is open.
family-terminals = Terminals
family-terminals-is = Trouble with a terminal, and when it is over.
family-locks = Locks
family-locks-is = Who pauses, locks and releases.
family-door = At the door
family-door-is = Strangers who write to the desk.
family-desk = The desk
family-desk-is = The desk itself: starts, errors, tasks that gave up, groups that get no alerts any more.

routes-title = 📫 Alerts to groups
routes-none = No alerts go to any group.
routes-line = • <b>{ $title }</b>: { $families }
routes-paused = 📪 Paused since { $time }: { $reason }
routes-add = To add one, add me to the group and write there, in the topic that you mean: { $example }
routes-own = Owners get their own alerts all the same; /alerts changes that.
routes-resume = Try again
routes-remove = Remove
routes-ask-remove = Send no alerts to { $title } any more?
routes-acts-in-private = The buttons are in the private chat with the bot.
routes-here = 📫 These alerts come here from now on: { $families }.
routes-how = To have alerts come here, write { $example } in the topic that you mean. There are: { $names }, or all.
