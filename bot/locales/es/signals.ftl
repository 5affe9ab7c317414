### /signals: la lista, y una señal con lo que fue de ella.

signals-title = Señales
signals-none = Aún no hay señales.
signals-none-such = No hay señales así.
signals-no-card = sin tarjetas
signals-no-card-at-all = Nadie recibió una tarjeta de ella.
signals-state-pending = sin decidir
signals-state-approved = aprobada
signals-state-rejected = descartada
signals-state-expired = caducada
signals-state-withdrawn = retirada
signals-any = todas
signals-source = Fuente: { $source }
signals-state = Estado: { $state }
signals-by = de { $name }
signals-ends = Termina { $when }
signals-withheld = 🔒 Nadie recibió tarjeta: { $reason }
signals-again = Mirar de nuevo
signals-withdraw = Retirar
signals-keep = Dejarla
signals-kept = La señal sigue.
signals-ask-withdraw = { $n ->
    [one] ¿Retirar { $signal }? Queda { $n } tarjeta sin decidir o con la orden sin enviar.
   *[other] ¿Retirar { $signal }? Quedan { $n } tarjetas sin decidir o con la orden sin enviar.
}
signals-withdrawn = { $n ->
    [one] ↩️ { $signal } está retirada; { $n } tarjeta ya lo dice.
   *[other] ↩️ { $signal } está retirada; { $n } tarjetas ya lo dicen.
}
signals-decided-before = { $n ->
    [one] { $n } tarjeta se decidió antes; lo aprobado sigue.
   *[other] { $n } tarjetas se decidieron antes; lo aprobado sigue.
}
