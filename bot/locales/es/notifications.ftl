### /alerts, horas de silencio, el resumen de lo retenido, y /route.

digest-title = 🌅 Durante tu silencio: { $n ->
    [one] { $n } alerta
   *[other] { $n } alertas
}
digest-line = { $head }, { $time }
digest-line-times = { $head } ({ $n } veces, la última { $time })

alerts-title = 🔔 Tus alertas
alerts-legend = { $sign } { $what }
alerts-critical = Lo crítico suena siempre, también de noche, y pasa a la siguiente persona si nadie se encarga.
alerts-quiet = 🌙 Horas de silencio
alerts-no-quiet = No tienes horas de silencio.
alerts-quiet-from = Silencio de { $begins } a { $ends }: lo que llegue entonces espera al final, en un solo mensaje.
alerts-always = Suena siempre:
alerts-noted = Anotado.
wish-always = suena, también en horas de silencio
wish-on = suena, y espera al final de las horas de silencio
wish-silent = llega sin sonido
wish-off = no llega
wish-always-short = Siempre
wish-on-short = Sí
wish-silent-short = Mudo
wish-off-short = No
quiet-is = En tus horas de silencio solo suena lo crítico y lo que dejas sonar siempre. Lo demás llega en un solo mensaje al final. Las señales llegan, sin sonido.
quiet-zone = Tu zona horaria: { $zone }. Se cambia en /settings.
quiet-begins = De { $time }
quiet-ends = A { $time }
quiet-set = Silencio de { $begins } a { $ends }
quiet-off = Sin horas de silencio

family-signals = Señales
family-signals-is = Las tarjetas de señales nuevas. No se pueden apagar: alguien decide, o caducan.
family-fills = Ejecuciones
family-fills-is = Órdenes tuyas que se ejecutan después de tu toque: las pendientes y las de aprobación permanente.
family-closes = Cierres
family-closes-is = Qué posiciones se cerraron, cómo y con qué resultado.
family-expiry = Caducadas
family-expiry-is = Señales que caducaron sin tu decisión. La tarjeta lo muestra de todos modos.
family-orders = Órdenes
family-orders-is = Órdenes rechazadas, no ejecutadas o en duda, y planes que se cumplieron en parte.
family-divergences = Divergencias
family-divergences-is = Cuando el bróker tiene algo distinto de lo que espera la mesa. Estos mensajes se actualizan y no se pueden apagar.
family-drawdown = Drawdown
family-drawdown-is = Lo cerca que está una cuenta de sus límites, y si su protección la ve.
family-liquidation = Cierre total
family-liquidation-is = Cuando se cierra todo en una cuenta en su límite.
family-market = Mercado
family-market-is = Gaps, spreads amplios, precios parados y noticias mientras hay algo abierto.
family-terminals = Terminales
family-terminals-is = Problemas de un terminal, y cuándo terminan.
family-locks = Bloqueos
family-locks-is = Quién pausa, bloquea y desbloquea.
family-door = Desconocidos
family-door-is = Desconocidos que escriben a la mesa.
family-desk = La mesa
family-desk-is = La propia mesa: arranques, errores, tareas que se pararon, grupos que ya no reciben alertas.

routes-title = 📫 Alertas a grupos
routes-none = Ninguna alerta va a un grupo.
routes-line = • <b>{ $title }</b>: { $families }
routes-paused = 📪 En pausa desde { $time }: { $reason }
routes-add = Para añadir uno, añádeme al grupo y escribe allí, en el tema que quieras: { $example }
routes-own = Los propietarios reciben igualmente sus alertas; se cambia en /alerts.
routes-resume = Probar de nuevo
routes-remove = Quitar
routes-ask-remove = ¿No enviar más alertas a { $title }?
routes-acts-in-private = Los botones están en el chat privado con el bot.
routes-here = 📫 Desde ahora llegan aquí: { $families }.
routes-how = Para que las alertas lleguen aquí, escribe { $example } en el tema que quieras. Hay: { $names }, o all.
