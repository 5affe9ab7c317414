### /sync: как идёт сверка каждого счёта.

sync-title = { $n ->
    [one] <b>Сверка</b> · { $n } счёт: { $lights }
    [few] <b>Сверка</b> · { $n } счёта: { $lights }
   *[other] <b>Сверка</b> · { $n } счетов: { $lights }
}
sync-read = обновлён { $age } назад
sync-matched = { $n ->
    [one] совпало { $matched } из { $n } позиции
   *[other] совпало { $matched } из { $n } позиций
}
sync-next = следующая через { $left }
sync-next-now = следующая вот-вот
sync-divergences = { $n ->
    [one] { $n } расхождение ждёт взгляда
    [few] { $n } расхождения ждут взгляда
   *[other] { $n } расхождений ждут взгляда
}
sync-failures = { $n ->
    [one] { $n } сбой: { $error }
    [few] { $n } сбоя подряд: { $error }
   *[other] { $n } сбоев подряд: { $error }
}
sync-now = Сверить сейчас
sync-working = Сверяю …
