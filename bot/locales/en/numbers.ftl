### Numbers and times, everywhere.

lots = { $n ->
    [one] { $amount } lot
   *[other] { $amount } lots
}
in-seconds = in { $n } s
span-d = { $n } d
span-h = { $n } h
span-min = { $n } min
span-s = { $n } s
