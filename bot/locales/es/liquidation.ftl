### El mensaje de un cierre forzoso.

liquidation-title-warned = Se cerrará todo
liquidation-title-counting = Se cerrará todo
liquidation-title-held = El cierre está retenido
liquidation-title-closing = Se está cerrando todo
liquidation-title-stuck = No se consigue cerrar
liquidation-title-flat = Todo está cerrado
liquidation-title-locked = Todo está cerrado
liquidation-title-released = No se cierra nada más
liquidation-hold-over = La retención terminó
liquidation-newer = Un mensaje más nuevo dice cómo sigue.
liquidation-held = ✋ El cierre de { $account } está retenido. La retención termina { $until }.
liquidation-equity = Patrimonio <b>{ $equity }</b> a las { $time }.
liquidation-open = Abierto a las { $time }: { $positions }.
liquidation-open-orders = Abierto a las { $time }: { $positions }, { $orders }.
liquidation-positions = { $n ->
    [one] { $n } posición
   *[other] { $n } posiciones
}
liquidation-orders = { $n ->
    [one] { $n } orden pendiente
   *[other] { $n } órdenes pendientes
}
liquidation-begins-now = ⏳ La cuenta atrás empieza ahora.
liquidation-begins = ⏳ Si nadie actúa, empieza { $left }.
liquidation-choice-owner = <b>Cerrar ya</b> no espera; <b>Retener</b> lo detiene un rato. Las operaciones nuevas están bloqueadas.
liquidation-choice = <b>Cerrar ya</b> no espera; un propietario puede retenerlo. Las operaciones nuevas están bloqueadas.
liquidation-by = Por { $holder }: { $reason }. La retención termina { $until }.
liquidation-by-until = { $reason }. La retención termina { $until }.
liquidation-then = Después: se cancela el cierre si el drawdown se ha recuperado; si no, la cuenta atrás empieza de nuevo.
liquidation-stays = Las operaciones nuevas siguen bloqueadas.
liquidation-stays-owner = Las operaciones nuevas siguen bloqueadas; /unlock quita retención y bloqueo.
liquidation-closing = Las órdenes van en camino; se comprueba la cuenta hasta que no quede nada.
liquidation-stuck = Cierra las posiciones en el terminal. La mesa sigue intentándolo.
liquidation-released = Vuelve a ser posible abrir operaciones.
liquidation-locked = Las operaciones nuevas están bloqueadas hasta que un propietario las desbloquee.
liquidation-locked-owner = Las operaciones nuevas están bloqueadas hasta que las desbloquees: /unlock
liquidation-question = ¿Cuánto tiempo retenerlo, y por qué? O escribe: { $typed }
liquidation-now = Cerrar ya
liquidation-hold = Retener
liquidation-release = Quitar retención
liquidation-back = ‹ Atrás
liquidation-short-p = precio
liquidation-short-h = a mano
liquidation-short-n = noticias
