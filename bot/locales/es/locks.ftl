### Qué impide operaciones nuevas: /locks, /lock, /unlock, /pause, /resume.

locks-none = Nada está bloqueado ni en pausa; se puede operar.
locks-none-to-release = No hay ningún bloqueo que puedas quitar. /locks los muestra todos.
locks-title = Qué impide operaciones nuevas
locks-the-desk = La mesa
locks-source = Fuente { $name }
locks-set = puesto { $when }
locks-ends = termina { $when }
locks-desk-paused = ⏸ Operativa en pausa: sin operaciones nuevas en ninguna cuenta. /resume la termina.
locks-desk-resumed = ▶️ La operativa sigue.
locks-paused = ⏸ { $name }: en pausa, sin operaciones nuevas ahí. /resume la termina.
locks-resumed = ▶️ { $name }: la operativa sigue.
locks-locked = 🔒 { $name }: bloqueo hasta que se quite. /unlock lo quita.
locks-locked-until = 🔒 { $name }: bloqueo hasta { $until }. /unlock lo quita.
locks-resting = { $n ->
    [one] { $n } orden pendiente sigue en el bróker y aún puede ejecutarse.
   *[other] { $n } órdenes pendientes siguen en el bróker y aún pueden ejecutarse.
}
locks-unlock = Desbloquear { $name }
locks-unlock-drawdown = Desbloquear { $name } (drawdown)
locks-resume = Reanudar { $name }
locks-keep = Dejar el bloqueo
locks-ask = ¿Desbloquear <b>{ $name }</b>? Bloqueo puesto por la protección:
locks-ask-anew = El drawdown se medirá de nuevo desde { $equity }: la pérdida anterior deja de contar.
locks-kept = El bloqueo sigue.
locks-unlocked = 🔓 { $name }: bloqueo quitado.
locks-open-again = 🔓 { $name }: bloqueo quitado; se puede operar de nuevo.
locks-measured = El drawdown se mide ahora desde { $equity }.
locks-still = Aún vigente: { $reason }
