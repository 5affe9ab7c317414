### /status, el mensaje fijado: en su primera línea, lo que pide una mirada.

status-trading-on = ▶️ Operativa en marcha
status-more = { $n } más
status-more-accounts = { $n ->
    [one] … y { $n } cuenta más
   *[other] … y { $n } cuentas más
}
status-no-account = Aún no tienes ninguna cuenta configurada.
status-equity = Patrimonio: unos { $equity }
status-drawdown = drawdown { $percent } de { $limit }
status-no-positions = Sin posiciones
status-positions = { $n ->
    [one] { $n } posición
   *[other] { $n } posiciones
}
status-unmatched = { $n } sin emparejar
status-divergences = { $n ->
    [one] { $n } divergencia
   *[other] { $n } divergencias
}
status-never-read = aún sin datos
status-not-read = ⚠️ últimos datos { $since }
status-never-guarded = aún sin protección
status-not-guarded = ⚠️ última comprobación de la protección { $since }
status-closing-warned = Se cerrará todo
status-closing-counting = Se cerrará todo
status-closing-held = El cierre está retenido
status-closing-closing = Se está cerrando todo
status-closing-stuck = No se consigue cerrar
status-closing-flat = Todo está cerrado
status-closing-locked = Todo está cerrado
status-closing-released = No se cierra nada más
status-cards = { $n ->
    [one] { $n } tarjeta por decidir
   *[other] { $n } tarjetas por decidir
}
status-orders = { $n ->
    [one] { $n } orden en camino
   *[other] { $n } órdenes en camino
}
status-unconfirmed = { $n } sin confirmar
status-outbox = ⚠️ mensaje sin enviar más antiguo: { $since }
