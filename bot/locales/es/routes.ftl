### /route: alerts to groups.

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
