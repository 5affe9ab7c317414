### What several features say.

question-lapses = This question lapses { $when }.
question-lapsed = This question has lapsed. Nothing was done; begin again.

more = … and { $n } more
back = ‹ Back
cancel = Cancel
no = No
count-orders = { $n ->
    [one] { $n } pending order
   *[other] { $n } pending orders
}
count-positions = { $n ->
    [one] { $n } position
   *[other] { $n } positions
}
count-accounts = { $n ->
    [one] { $n } account
   *[other] { $n } accounts
}
count-days = { $n ->
    [one] { $n } day
   *[other] { $n } days
}
more-accounts = { $n ->
    [one] … and { $n } more account
   *[other] … and { $n } more accounts
}
no-account = No account is set up for you yet.
drawing = Drawing …
looking = Looking …
seen-at = Seen at { $at }
unread = not read yet
somebody = somebody
csv = CSV
