### Qué fue de una señal aprobada.

outcome-approved = ✅ Aprobada
outcome-sending = ✅ Aprobada, enviando la orden …
outcome-sending-in = ✅ Aprobada, se envía { $when }
outcome-placed = ✅ Aprobada, la orden está en el bróker y espera su precio
outcome-placed-until = ✅ Aprobada, la orden está en el bróker y espera su precio hasta { $until }
outcome-filled = ✅ Ejecutada { $fill }
outcome-partial = ✅ Ejecutada en parte { $fill } de { $lots }
outcome-refused = ⛔ Rechazada: { $reason }
outcome-no-reason = el bróker no dio motivo
outcome-unknown = ❔ El bróker aún no lo ha confirmado. Comprobando; por favor, no lo repitas.
outcome-expired = ⌛ No ejecutada: { $reason }
outcome-late = no se envió a tiempo
outcome-margin = Margen { $margin } de { $free } libres
outcome-fill = { $lots } a { $price }
outcome-fill-slippage = { $lots } a { $price } (deslizamiento { $pips } pips)
outcome-fill-drift = { $lots } a { $price } (deslizamiento { $drift })
outcome-closed = 🏁 Cerrada { $how }
outcome-closed-at = 🏁 Cerrada a { $price } { $how }
outcome-after = { $closed }, { $when }, tras { $span }.
outcome-result = { $closed } Resultado { $money }
outcome-leg-sending = ⏳ Enviando { $lots } …
outcome-leg-placed = ⏳ { $lots } en el bróker, esperando el precio
outcome-leg-failed = ⛔ { $lots } sin ejecutar: { $reason }
outcome-leg-unknown = ❔ Aún sin confirmar. Comprobando; por favor, no lo repitas.
outcome-leg-filled = ✅ Ejecutada { $fill }
outcome-leg-filled-stop = ✅ Ejecutada { $fill }, stop { $stop }
