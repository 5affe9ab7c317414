### What several features say.

question-lapses = Esta pregunta caduca { $when }.
question-lapsed = Esta pregunta ha caducado. No se ha hecho nada; empieza de nuevo.

more = … y { $n } más
back = ‹ Atrás
cancel = Cancelar
no = No
count-orders = { $n ->
    [one] { $n } orden pendiente
   *[other] { $n } órdenes pendientes
}
count-positions = { $n ->
    [one] { $n } posición
   *[other] { $n } posiciones
}
count-accounts = { $n ->
    [one] { $n } cuenta
   *[other] { $n } cuentas
}
count-days = { $n ->
    [one] { $n } día
   *[other] { $n } días
}
more-accounts = { $n ->
    [one] … y { $n } cuenta más
   *[other] … y { $n } cuentas más
}
no-account = Aún no tienes ninguna cuenta configurada.
drawing = Dibujando …
looking = Mirando …
seen-at = Visto a las { $at }
unread = aún sin datos
somebody = alguien
csv = CSV
