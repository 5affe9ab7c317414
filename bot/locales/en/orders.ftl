### /orders: what waits at the broker, and what is on its way there.

orders-title = { $n ->
    [0] No pending orders.
    [one] <b>{ $n } pending order</b>
   *[other] <b>{ $n } pending orders</b>
}
orders-price = Price { $price }
orders-placed = Placed { $at }, { $age } ago
orders-expires = Expires { $at } ({ $left })
orders-no-expiry = Waits until it is cancelled
orders-gone = This order is not pending any more: it was filled, cancelled, or has expired.
orders-coming = { $n ->
    [one] <b>On its way: { $n } order of the desk</b>
   *[other] <b>On their way: { $n } orders of the desk</b>
}
orders-unread = Not read yet: { $accounts }
orders-act-cancel = Cancel order
orders-act-move = Price …
orders-kind-open = open { $symbol } { $lots }
orders-kind-modify = stops of { $symbol } { $lots }
orders-kind-change = move the order { $symbol } { $lots }
orders-kind-close = close { $symbol } { $lots }
orders-kind-close_by = set off { $symbol } { $lots }
orders-kind-cancel = cancel the order { $symbol } { $lots }
orders-state-new = ⏳ waits to be sent
orders-state-sending = 📤 being sent
orders-state-unknown = ❔ not confirmed, being checked
