### La tarjeta de una señal: qué se propone, para qué cuenta y tamaño. Un pie de foto tiene 1024 caracteres.

card-badge-unread = ⚪ CUENTA AÚN SIN DATOS
card-kind-limit = límite
card-kind-stop = stop
card-entry = Entrada { $price }
card-entry-zone = Entrada { $price } (zona { $low } – { $high })
card-stop = Stop { $price }
card-no-stop = Sin stop
card-targets = { $n ->
    [one] Objetivo { $prices }
   *[other] Objetivos { $prices }
}
card-no-targets = Sin objetivo
card-ratio = Beneficio/riesgo { $ratio }
card-size-at-tap = El tamaño se calcula al tocar
card-size = Tamaño { $lots }, { $risk } en riesgo
card-size-no-stop = Tamaño { $lots }, sin stop
card-size-margin = Tamaño { $lots }, { $risk } en riesgo, margen { $margin }
card-by-percent = { $percent } del patrimonio
card-by-fixed = tus lotes fijos
card-by-max_lots = recortado a tu máximo de { $lots }
card-scaled = ×{ $factor } por elección tuya
card-account = Cuenta { $account }
card-source = Fuente { $source }
card-record-new = fuente nueva
card-record = { $n ->
    [one] { $percent } de { $n } ganada
   *[other] { $percent } de { $n } ganadas
}
card-record-slippage = deslizamiento { $pips } pips
card-split = Reparto { $parts }
card-split-part = { $lots } a { $target }
card-split-fewer = (fuera: { $n }, pocos lotes)
card-split-stops = En el primer objetivo los demás stops pasan a su entrada
card-expires = ⏳ Caduca { $when }
card-refused = ⛔ Rechazada { $when }: { $reason }
card-obstacle = ⛔ { $reason } El botón «Aprobar» vuelve cuando esto termine.
card-obstacle-size = ⛔ { $reason } Un tamaño menor sí se puede aprobar.
card-not-taken = 🤖 La aprobación permanente n.º { $number } te la deja a ti: { $reason }
card-rejected = ✖️ Descartada: { $reason }
card-rejected-bare = ✖️ Descartada
card-expired = ⌛ Caducó sin decisión
card-withdrawn = ↩️ Retirada por su fuente
card-withdrawn-why = ↩️ Retirada: { $reason }
card-by-standing = 🤖 Por la aprobación permanente n.º { $number }

## Buttons

card-approve = ✅ Aprobar
card-reject = ✖️ Descartar
card-check = 🔄 Comprobar de nuevo
card-half = ½ tamaño
card-whole = 1× tamaño
card-double = 2× tamaño
card-details = ℹ️ Detalles
card-undo = ↩️ Deshacer
card-other-reason = Otro …
card-reason-setup = No me gusta el setup
card-reason-late = Demasiado tarde
card-reason-risk = Demasiado riesgo ahora

## Details

card-details-title = Detalles · { $what }
card-details-entry = Entrada { $price } ahora, spread { $pips } pips: { $money }
card-details-entry-free = Entrada { $price } ahora, spread { $pips } pips
card-details-level = { $name } { $price } · { $pips } pips · { $money }
card-details-bare-level = { $name } { $price } · { $pips } pips
card-details-lots = Tamaño { $lots }
card-details-margin = Margen { $margin } de { $free } libres
card-details-no-margin = Margen: el bróker no lo dice ahora, { $free } libres
card-details-open-risk = Otro riesgo abierto { $risk } de { $limit } ({ $percent } del patrimonio)
card-details-bare = { $n ->
    [one] 1 operación sin stop: su riesgo no se conoce
   *[other] { $n } operaciones sin stop: su riesgo no se conoce
}
card-details-guard-drawdown = Drawdown { $percent } de { $limit }: quedan { $left } hasta que la protección cierre todo
card-details-guard-daily = Pérdida del día { $percent } de { $limit }: quedan { $left } hasta que la protección cierre todo
card-details-unguarded = La protección aún no ha visto esta cuenta
card-copy = 📋 Copiar niveles

## Answers to taps

card-checking-price = Comprobando el precio …
card-resizing = Calculando el tamaño …
card-undone = Deshecha. No se envió nada.
card-ask-reason = ¿Por qué la descartas? Escríbelo en un mensaje.
card-no-chart = Ahora no hay gráfico.
