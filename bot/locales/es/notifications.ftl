### /alerts, horas de silencio, el resumen de lo retenido, y /route.

digest-title = 🌅 Durante tu silencio: { $n ->
    [one] { $n } alerta
   *[other] { $n } alertas
}
digest-line = { $head }, { $time }
digest-line-times = { $head } ({ $n } veces, la última { $time })
digest-more = … y { $n } más
