### The digest of what was held in quiet hours.

digest-title = 🌅 За тихие часы: { $n ->
    [one] { $n } оповещение
    [few] { $n } оповещения
    [many] { $n } оповещений
   *[other] { $n } оповещения
}
digest-line = { $head }, { $time }
digest-line-times = { $head } ({ $n ->
    [one] { $n } раз
    [few] { $n } раза
    [many] { $n } раз
   *[other] { $n } раза
}, последний { $time })
