### Números y horas, en todas partes.

lots = { $n ->
    [one] { $amount } lote
   *[other] { $amount } lotes
}
in-seconds = en { $n } s
