### Lo que dice el vigilante mientras el bucle o una protección está parada. Texto simple.

alarm-still-loop = 🆘 La mesa está parada: ninguna tarea se ha ejecutado en { $seconds } s.
alarm-still-guards = 🆘 La mesa está parada: { $guards } sin mirar desde hace { $seconds } s.
alarm-still-guards-more = 🆘 La mesa está parada: { $guards } y { $more } más sin mirar desde hace { $seconds } s.
alarm-unguarded = Nada protege ahora las cuentas afectadas. Lo abierto solo tiene sus stops en el bróker: míralo en el terminal.
alarm-ends = El proceso termina ahora, para que su supervisor lo arranque de nuevo.
alarm-restart = Si no se recupera por sí sola, reinicia la mesa.
alarm-moves = ✅ La mesa vuelve a funcionar. Estuvo parada al menos { $seconds } s.
