### /signal: una señal que compone una persona.

compose-title = Señal nueva
compose-example = Escríbela así:
compose-unknown-word = No entiendo «{ $word }». Instrumentos: { $known }
compose-said-twice = «{ $word }» aparece dos veces.
compose-one-stop = «{ $word }»: un stop tiene un precio, como SL 1.0820
compose-no-price-after = Tras «{ $word }» necesito un precio, como TP 1.0890 1.0930
compose-too-many-targets = «{ $word }»: puede haber { $most } objetivos como mucho.
compose-wrong-side = «{ $word }» no es buy ni sell.
compose-wrong-kind = «{ $word }» no es market, limit ni stop.
compose-wrong-price = «{ $word }» no es un precio.
compose-wrong-expiry = «{ $word }» no es un plazo de un minuto a 7 días, como 30m, 2h o 1d.
compose-wrong-note = Una nota es una línea de { $most } caracteres como mucho.
compose-invalid-instrument = { $word } no se opera aquí.
compose-invalid-entry = { $word } no puede ser una entrada; una zona va de menor a mayor, como 1.0840-1.0850
compose-invalid-stop-buy = Stop { $word }: en una compra va por debajo de la entrada.
compose-invalid-stop-sell = Stop { $word }: en una venta va por encima de la entrada.
compose-invalid-targets-buy = Objetivos { $word }: en una compra van por encima de la entrada.
compose-invalid-targets-sell = Objetivos { $word }: en una venta van por debajo de la entrada.
compose-invalid-expiry = { $word }: una señal dura de 5 s a 7 días.
compose-invalid-note = «{ $word }» no es una nota de una línea.
compose-ask-instrument = ¿Qué instrumento?
compose-ask-side = ¿Compra o venta?
compose-ask-kind = ¿Qué tipo de orden?
compose-ask-entry = ¿A qué precio? Una zona se escribe 1.0840-1.0850
compose-ask-stop = ¿Dónde va el stop?
compose-ask-targets = ¿Qué objetivos? Hasta cinco precios, como 1.0890 1.0930
compose-ask-expiry = ¿Cuánto tiempo es válida? Toca, o escribe 45m, 2h, 1d
compose-ask-note = ¿Una nota para los traders?
compose-side-buy = Compra
compose-side-sell = Venta
compose-kind-market = A mercado
compose-kind-limit = Límite
compose-kind-stop = Stop
compose-without-stop = Sin stop
compose-without-targets = Sin objetivos
compose-without-note = Sin nota
compose-step-instrument = Instrumento
compose-step-side = Dirección
compose-step-kind = Tipo
compose-step-entry = Precio
compose-step-stop = Stop
compose-step-targets = Objetivos
compose-step-expiry = Plazo
compose-step-note = Nota
compose-preview = 📝 Vista previa: aún no se ha enviado nada
compose-price-anew = 📝 El precio ya tenía un minuto; este es el nuevo. Aún no se ha enviado nada
compose-lives = Válida { $life } desde el envío
compose-price-of = Precio de las { $at }
compose-goes-to = 📨 Llega a { $traders }, { $accounts }
compose-traders = { $n ->
    [one] { $n } trader
   *[other] { $n } traders
}
compose-obstacle = 🔒 Ahora nadie recibiría una tarjeta: { $reason }
compose-nobody = 📭 Ahora ningún trader puede recibir una tarjeta.
compose-send = Enviar
compose-again = Mirar de nuevo
compose-edit = Cambiar
compose-look = Qué fue de ella
compose-sent = { $n ->
    [one] ✅ Señal enviada: { $n } tarjeta.
   *[other] ✅ Señal enviada: { $n } tarjetas.
}
compose-sent-to-nobody = ✅ Guardada, pero nadie recibió tarjeta: algo impide operar. /locks
compose-cancelled = Descartada. No se envió nada.
compose-stale = Este botón es de un paso anterior. Usa el último mensaje.
compose-over = Esta ya terminó. Empieza de nuevo con /signal
compose-sent-already = Esta señal ya se envió. Está en /signals
