### /closeall: its question and its answers.

closeall-nothing = You have no open positions and no pending orders.
closeall-kept = Nothing was closed.
closeall-unreadable = The terminal cannot be reached just now: { $accounts }. Nothing was sent; please try again.
closeall-silent = ⚠️ Cannot be read now, and is not in this list: { $accounts }.
closeall-which = Close everything: on which account?
closeall-all = All accounts
closeall-ask = { $n ->
    [one] Close <b>{ $n } position</b> with a result of { $result }?
   *[other] Close <b>{ $n } positions</b> with a result of { $result }?
}
closeall-ask-both = { $n ->
    [one] Close <b>{ $n } position</b> with a result of { $result } and cancel { $orders }?
   *[other] Close <b>{ $n } positions</b> with a result of { $result } and cancel { $orders }?
}
closeall-ask-orders = { $n ->
    [one] Cancel <b>{ $n } pending order</b>?
   *[other] Cancel <b>{ $n } pending orders</b>?
}
closeall-orders = { $n ->
    [one] <b>{ $n } pending order</b>
   *[other] <b>{ $n } pending orders</b>
}
closeall-close = { $n ->
    [one] Close { $n } position
   *[other] Close { $n } positions
}
closeall-cancel = { $n ->
    [one] Cancel { $n } order
   *[other] Cancel { $n } orders
}
closeall-keep = Keep them
closeall-closing = { $n ->
    [0] Nothing more is sent: what is open is on its way already, or closed.
    [one] On its way: <b>{ $n } order</b>. Each close is reported as the broker confirms it.
   *[other] On their way: <b>{ $n } orders</b>. Each close is reported as the broker confirms it.
}
