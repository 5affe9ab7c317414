### /closeall: su pregunta y sus respuestas.

closeall-nothing = No tienes posiciones abiertas ni órdenes pendientes.
closeall-kept = No se cerró nada.
closeall-unreadable = Ahora no se puede acceder al terminal: { $accounts }. No se envió nada; inténtalo otra vez.
closeall-silent = ⚠️ Ahora sin conexión, y no está en esta lista: { $accounts }.
closeall-which = Cerrar todo: ¿en qué cuenta?
closeall-all = Todas las cuentas
closeall-ask = { $n ->
    [one] ¿Cerrar <b>{ $n } posición</b> con un resultado de { $result }?
   *[other] ¿Cerrar <b>{ $n } posiciones</b> con un resultado de { $result }?
}
closeall-ask-both = { $n ->
    [one] ¿Cerrar <b>{ $n } posición</b> con un resultado de { $result } y cancelar { $orders }?
   *[other] ¿Cerrar <b>{ $n } posiciones</b> con un resultado de { $result } y cancelar { $orders }?
}
closeall-ask-orders = { $n ->
    [one] ¿Cancelar <b>{ $n } orden pendiente</b>?
   *[other] ¿Cancelar <b>{ $n } órdenes pendientes</b>?
}
closeall-orders = { $n ->
    [one] <b>{ $n } orden pendiente</b>
   *[other] <b>{ $n } órdenes pendientes</b>
}
closeall-close = { $n ->
    [one] Cerrar { $n } posición
   *[other] Cerrar { $n } posiciones
}
closeall-cancel = { $n ->
    [one] Cancelar { $n } orden
   *[other] Cancelar { $n } órdenes
}
closeall-keep = Dejarlas
closeall-closing = { $n ->
    [0] No se envía nada más: lo que estaba abierto ya está en camino o cerrado.
    [one] En camino: <b>{ $n } orden</b>. Se avisa de cada cierre cuando el bróker lo confirma.
   *[other] En camino: <b>{ $n } órdenes</b>. Se avisa de cada cierre cuando el bróker lo confirma.
}
