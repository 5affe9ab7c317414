### /signals: the list, and one signal with what became of it.

signals-title = Signals
signals-none = No signals yet.
signals-none-such = No such signals.
signals-no-card = no card
signals-no-card-at-all = Nobody got a card of it.
signals-state-pending = undecided
signals-state-approved = approved
signals-state-rejected = rejected
signals-state-expired = expired
signals-state-withdrawn = withdrawn
signals-any = all
signals-source = Source: { $source }
signals-state = State: { $state }
signals-by = by { $name }
signals-ends = Ends { $when }
signals-withheld = 🔒 Nobody got a card: { $reason }
signals-again = Look again
signals-withdraw = Withdraw
signals-keep = Keep it
signals-kept = It stays.
signals-ask-withdraw = { $n ->
    [one] Withdraw { $signal }? { $n } card is undecided or its order not sent yet.
   *[other] Withdraw { $signal }? { $n } cards are undecided or their orders not sent yet.
}
signals-withdrawn = { $n ->
    [one] ↩️ { $signal } is withdrawn; { $n } card says so now.
   *[other] ↩️ { $signal } is withdrawn; { $n } cards say so now.
}
signals-decided-before = { $n ->
    [one] { $n } card was decided before; what was approved goes on.
   *[other] { $n } cards were decided before; what was approved goes on.
}
