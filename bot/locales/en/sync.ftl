### /sync: how the reconciliation of each account stands.

sync-title = { $n ->
    [one] <b>Reconciliation</b> · { $n } account: { $lights }
   *[other] <b>Reconciliation</b> · { $n } accounts: { $lights }
}
sync-read = read { $age } ago
sync-matched = { $n ->
    [one] { $matched } of { $n } position matched
   *[other] { $matched } of { $n } positions matched
}
sync-next = next in { $left }
sync-next-now = next any moment
sync-divergences = { $n ->
    [one] { $n } divergence to look at
   *[other] { $n } divergences to look at
}
sync-failures = { $n ->
    [one] { $n } failure in a row: { $error }
   *[other] { $n } failures in a row: { $error }
}
sync-now = Sync now
sync-working = Reconciling …
