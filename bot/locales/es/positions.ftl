### /positions y la vista de una posición.

positions-no-account = Aún no tienes ninguna cuenta configurada.
positions-count = { $n ->
    [one] { $n } posición
   *[other] { $n } posiciones
}
positions-flat = sin posiciones
positions-unread = aún sin datos
positions-more-accounts = { $n ->
    [one] … y { $n } cuenta más
   *[other] … y { $n } cuentas más
}
positions-none = ninguno
positions-pips = { $pips } pips
positions-stops = SL { $stop } · TP { $target }
positions-source = de { $source }
positions-by-hand = a mano
positions-by-program = por otro programa
positions-danger-gap = gap
positions-danger-spread = spread
positions-danger-stale = precios parados
positions-danger-closing = cierre próximo
positions-danger-news = noticias
positions-read = Actualizado { $at }
positions-entry = Entrada: { $entry }
positions-now = Ahora: { $now }
positions-stop = Stop: { $stop }
positions-target = Objetivo: { $target }
positions-swap = Swap: { $swap }
positions-opened = Abierta el { $at }, hace { $age }
positions-not-yours = En esta cuenta solo actúa su trader. Para la mesa: /lock, /panic
positions-gone = Esta posición ya no está abierta.
positions-refresh = ↻ Actualizar
positions-back = ‹ A la lista
positions-act-close = Cerrar
positions-act-half = Mitad
positions-act-break_even = Break-even
positions-act-stop = Stop …
positions-act-target = Objetivo …
