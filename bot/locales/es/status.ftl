### /status, el mensaje fijado: en su primera línea, lo que pide una mirada.

status-trading-on = ▶️ Operativa en marcha
status-more = { $n } más
status-equity = Patrimonio: unos { $equity }
status-drawdown = drawdown { $percent } de { $limit }
status-no-positions = Sin posiciones
status-unmatched = { $n } sin emparejar
status-divergences = { $n ->
    [one] { $n } divergencia
   *[other] { $n } divergencias
}
status-never-read = aún sin datos
status-not-read = ⚠️ últimos datos { $since }
status-never-guarded = aún sin protección
status-not-guarded = ⚠️ última comprobación de la protección { $since }
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
