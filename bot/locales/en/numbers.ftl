### Numbers and times, everywhere.

lots = { $n ->
    [one] { $amount } lot
   *[other] { $amount } lots
}
in-seconds = in { $n } s
