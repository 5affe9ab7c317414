### Números y horas, en todas partes.

lots = { $n ->
    [one] { $amount } lote
   *[other] { $amount } lotes
}
in-seconds = en { $n } s
span-d = { $n } d
span-h = { $n } h
span-min = { $n } min
span-s = { $n } s
