### Числа и время, везде.

lots = { $n ->
    [one] { $amount } лот
    [few] { $amount } лота
    [many] { $amount } лотов
   *[other] { $amount } лота
}
in-seconds = через { $n } с
span-d = { $n } д
span-h = { $n } ч
span-min = { $n } мин
span-s = { $n } с
