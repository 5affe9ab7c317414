### /health: cada terminal en dos líneas, los que tienen problemas primero.

health-title = { $n ->
    [one] <b>Terminales</b> · { $n } cuenta: { $lights }
   *[other] <b>Terminales</b> · { $n } cuentas: { $lights }
}
health-unprobed = aún sin comprobar
health-more = { $n ->
    [one] … y { $n } problema más
   *[other] … y { $n } problemas más
}
health-late = visto hace { $age }
health-connected = conectado
health-no-answer = no responde
health-no-link = sin conexión con el bróker
health-another-account = otra cuenta
health-may-trade = puede operar
health-may-not-trade = no puede operar
health-price = precio de hace { $age }
health-no-price = aún sin precio
health-trip = { $ms } ms
health-build = compilación { $build }
health-breaker-open = cortacircuitos abierto
health-breaker-half-open = cortacircuitos a prueba
health-trouble = ⚠️ { $trouble } · desde hace { $lasts }
health-seems-over = ⌛ Parece superado: { $trouble } · duró { $lasts }
health-desk = La mesa
health-waits = el mensaje más antiguo espera { $age }
health-all-told = todo entregado
health-pulse = bucle con { $late } ms de retraso · { $memory } MB
health-no-heartbeat = aún sin latido
health-version = versión { $version }
health-again = Comprobar de nuevo
health-checking = Comprobando …
