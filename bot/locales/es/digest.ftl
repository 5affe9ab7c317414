### The digest of what was held in quiet hours.

digest-title = 🌅 Durante tu silencio: { $n ->
    [one] { $n } alerta
   *[other] { $n } alertas
}
digest-line = { $head }, { $time }
digest-line-times = { $head } ({ $n } veces, la última { $time })
