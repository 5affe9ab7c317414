### Числа и время, везде.

lots = { $n ->
    [one] { $amount } лот
    [few] { $amount } лота
    [many] { $amount } лотов
   *[other] { $amount } лота
}
in-seconds = через { $n } с
