### What became of an approved signal.

outcome-approved = ✅ Approved
outcome-sending = ✅ Approved, sending the order …
outcome-sending-in = ✅ Approved, sending { $when }
outcome-placed = ✅ Approved, the order is with the broker and waits for its price
outcome-placed-until = ✅ Approved, the order is with the broker and waits for its price, until { $until }
outcome-filled = ✅ Filled { $fill }
outcome-partial = ✅ Partly filled { $fill } of { $lots }
outcome-refused = ⛔ Refused: { $reason }
outcome-no-reason = the broker gave no reason
outcome-unknown = ❔ The broker has not confirmed this yet. Checking; please do not repeat it.
outcome-expired = ⌛ Not executed: { $reason }
outcome-late = it was not sent in time
outcome-margin = Margin { $margin } of { $free } free
outcome-fill = { $lots } at { $price }
outcome-fill-slippage = { $lots } at { $price } (slippage { $pips } pips)
outcome-fill-drift = { $lots } at { $price } (slippage { $drift })
outcome-closed = 🏁 Closed { $how }
outcome-closed-at = 🏁 Closed at { $price } { $how }
outcome-after = { $closed }, { $when }, after { $span }.
outcome-result = { $closed } Result { $money }
outcome-leg-sending = ⏳ Sending { $lots } …
outcome-leg-placed = ⏳ { $lots } with the broker, waiting for the price
outcome-leg-failed = ⛔ { $lots } not executed: { $reason }
outcome-leg-unknown = ❔ Not confirmed yet. Checking; please do not repeat it.
outcome-leg-filled = ✅ Filled { $fill }
outcome-leg-filled-stop = ✅ Filled { $fill }, stop { $stop }
