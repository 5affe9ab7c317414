### /panic: cerrar todo en cada cuenta y bloquear la mesa.

panic-ask = 🆘 ¿Cerrar todo en todas las cuentas y bloquear toda la mesa?
panic-positions = { $n ->
    [one] { $n } posición, { $lots }
   *[other] { $n } posiciones, { $lots }
}
panic-equity = Patrimonio { $equity }
panic-unread = ⚠️ Ahora sin conexión; se cerrará en cuanto la haya: { $accounts }
panic-what = Según los últimos datos. Las posiciones se cierran a mercado y las órdenes pendientes se cancelan; no se abre nada nuevo hasta que un propietario desbloquee.
panic-sure = 🆘 Cerrar todo
panic-dropped = No se hizo nada.
panic-runs = 🆘 Cierre de emergencia: se está cerrando todo
panic-over = ✅ Cierre de emergencia: todo está cerrado
panic-ended = ⚠️ El cierre de emergencia terminó; no todo se cerró
panic-by = { $name }, { $at }
panic-done = { $n ->
    [one] Sin nada abierto: { $done } de { $n } cuenta
   *[other] Sin nada abierto: { $done } de { $n } cuentas
}
panic-flat = todo cerrado
panic-released = cierre cancelado, no se cierra nada más
panic-held = cierre retenido por un propietario
panic-left = { $n ->
    [0] cerrándose
    [one] queda { $n } abierta
   *[other] quedan { $n } abiertas
}
panic-stuck = { $n ->
    [0] no se consigue; mira el terminal
   *[other] abiertas aún: { $n }, no se consigue; mira el terminal
}
panic-unreached = sin conexión: { $error }
panic-goes-on = La mesa sigue con cada cuenta por separado hasta que no quede nada abierto. Las operaciones nuevas están bloqueadas en todas partes.
panic-locked = Las operaciones nuevas siguen bloqueadas en la mesa y en cada cuenta: /unlock
