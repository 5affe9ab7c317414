### /sync: cómo va la conciliación de cada cuenta.

sync-title = { $n ->
    [one] <b>Conciliación</b> · { $n } cuenta: { $lights }
   *[other] <b>Conciliación</b> · { $n } cuentas: { $lights }
}
sync-read = datos de hace { $age }
sync-matched = { $n ->
    [one] coincide { $matched } de { $n } posición
   *[other] coinciden { $matched } de { $n } posiciones
}
sync-next = la próxima en { $left }
sync-next-now = la próxima, enseguida
sync-divergences = { $n ->
    [one] { $n } divergencia por revisar
   *[other] { $n } divergencias por revisar
}
sync-failures = { $n ->
    [one] { $n } fallo: { $error }
   *[other] { $n } fallos seguidos: { $error }
}
sync-now = Conciliar ahora
sync-working = Conciliando …
