### /orders: lo que espera en el bróker y lo que va de camino.

orders-title = { $n ->
    [0] No hay órdenes pendientes.
    [one] <b>{ $n } orden pendiente</b>
   *[other] <b>{ $n } órdenes pendientes</b>
}
orders-price = Precio: { $price }
orders-placed = Puesta el { $at }, hace { $age }
orders-expires = Caduca el { $at } ({ $left })
orders-no-expiry = Espera hasta que se cancele
orders-gone = Esta orden ya no está pendiente: se ejecutó, se canceló o caducó.
orders-coming = { $n ->
    [one] <b>En camino: { $n } orden de la mesa</b>
   *[other] <b>En camino: { $n } órdenes de la mesa</b>
}
orders-unread = Aún sin datos: { $accounts }
orders-act-cancel = Cancelar orden
orders-act-move = Precio …
orders-kind-open = apertura { $symbol } { $lots }
orders-kind-modify = stops de { $symbol } { $lots }
orders-kind-change = cambio de la orden { $symbol } { $lots }
orders-kind-close = cierre { $symbol } { $lots }
orders-kind-close_by = cierre con la opuesta { $symbol } { $lots }
orders-kind-cancel = cancelación de la orden { $symbol } { $lots }
orders-state-new = ⏳ espera el envío
orders-state-sending = 📤 enviándose
orders-state-unknown = ❔ sin confirmar, en comprobación
