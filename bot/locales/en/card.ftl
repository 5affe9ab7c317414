### The card of a signal: what is proposed, for which account and size. A caption has 1,024 characters.

card-badge-unread = ⚪ ACCOUNT NOT READ YET
card-kind-limit = limit
card-kind-stop = stop
card-entry = Entry { $price }
card-entry-zone = Entry { $price } (zone { $low } – { $high })
card-stop = Stop { $price }
card-no-stop = No stop
card-targets = { $n ->
    [one] Target { $prices }
   *[other] Targets { $prices }
}
card-no-targets = No target
card-ratio = Reward to risk { $ratio }
card-size-at-tap = Size is worked out at the tap
card-size = Size { $lots }, { $risk } at risk
card-size-no-stop = Size { $lots }, no stop
card-size-margin = Size { $lots }, { $risk } at risk, margin { $margin }
card-by-percent = { $percent } of equity
card-by-fixed = your fixed lots
card-by-max_lots = cut to your { $lots } at most
card-scaled = ×{ $factor } by you
card-account = Account { $account }
card-source = Source { $source }
card-record-new = new source
card-record = { $percent } of { $n } won
card-record-slippage = slippage { $pips } pips
card-split = Split { $parts }
card-split-part = { $lots } to { $target }
card-split-fewer = ({ $n } more left out: too few lots)
card-split-stops = At the first target the other stops move to their entries
card-expires = ⏳ Expires { $when }
card-refused = ⛔ Refused { $when }: { $reason }
card-obstacle = ⛔ { $reason } Approve comes back when this is over.
card-obstacle-size = ⛔ { $reason } A smaller size can be approved.
card-not-taken = 🤖 Left to you by standing approval no. { $number }: { $reason }
card-rejected = ✖️ Rejected: { $reason }
card-rejected-bare = ✖️ Rejected
card-expired = ⌛ Expired without a decision
card-withdrawn = ↩️ Withdrawn by its source
card-withdrawn-why = ↩️ Withdrawn: { $reason }
card-by-standing = 🤖 By standing approval no. { $number }

## Buttons

card-approve = ✅ Approve
card-reject = ✖️ Reject
card-check = 🔄 Check again
card-half = ½ size
card-whole = 1× size
card-double = 2× size
card-details = ℹ️ Details
card-undo = ↩️ Undo
card-other-reason = Other …
card-reason-setup = I don't like the setup
card-reason-late = Too late
card-reason-risk = Too much risk now

## Details

card-details-title = Details · { $what }
card-details-entry = Entry { $price } now, spread { $pips } pips: { $money }
card-details-entry-free = Entry { $price } now, spread { $pips } pips
card-details-level = { $name } { $price } · { $pips } pips · { $money }
card-details-bare-level = { $name } { $price } · { $pips } pips
card-details-lots = Size { $lots }
card-details-margin = Margin { $margin } of { $free } free
card-details-no-margin = Margin: the broker does not give it now, { $free } free
card-details-open-risk = Other open risk { $risk } of { $limit } ({ $percent } of equity)
card-details-bare = { $n ->
    [one] 1 trade without a stop: its risk is not known
   *[other] { $n } trades without a stop: their risk is not known
}
card-details-guard-drawdown = Drawdown { $percent } of { $limit }: { $left } left until the guard closes everything
card-details-guard-daily = Day's loss { $percent } of { $limit }: { $left } left until the guard closes everything
card-details-unguarded = The guard has not seen this account yet
card-copy = 📋 Copy levels

## Answers to taps

card-checking-price = Checking the price …
card-resizing = Working out the size …
card-undone = Taken back. Nothing was sent.
card-ask-reason = Why do you reject it? Write it in one message.
card-no-chart = There is no chart just now.
