### /quality: cómo se ejecutaron las órdenes.

quality-none = { $n ->
    [one] Sin ejecuciones en el último día.
   *[other] Sin ejecuciones en los últimos { $n } días.
}
quality-title = Calidad
quality-by-source = por fuente
quality-by-account = por cuenta
quality-by-instrument = por instrumento
quality-by-hour = por hora
quality-fills = { $n ->
    [one] { $n } ejecución
   *[other] { $n } ejecuciones
}
quality-slippage = Deslizamiento
quality-all-filled = { $n ->
    [one] 1 orden, ejecutada
   *[other] { $n } órdenes, todas ejecutadas
}
quality-filled = { $n ->
    [one] { $n } orden, ejecutado el { $share } de sus lotes
   *[other] { $n } órdenes, ejecutado el { $share } de los lotes
}
quality-whole = { $n ->
    [one] { $n } ejecutada
   *[other] { $n } ejecutadas
}
quality-part = { $n } en parte
quality-refused = { $n ->
    [one] { $n } rechazada
   *[other] { $n } rechazadas
}
quality-doubted = { $n } en duda un rato
quality-waiting = { $n } en camino
quality-lapsed = { $n ->
    [one] { $n } caducada
   *[other] { $n } caducadas
}
quality-unmeasured = Deslizamiento: aún nada que medir
quality-slippage-figures = Deslizamiento: mediana { $median }, p95 { $p95 }, media { $mean }, peor { $worst } pips
quality-better = { $n ->
    [one] el { $share } mejor de lo esperado ({ $n } medida)
   *[other] el { $share } mejor de lo esperado ({ $n } medidas)
}
quality-delays = Hasta la ejecución: desde el toque { $tap }; desde la señal { $signal }
quality-delay = { $median }, p95 { $p95 }
quality-seconds = { $s } s
quality-column-orders = n
quality-column-filled = ejec
quality-column-median = med
quality-column-p95 = p95
quality-column-tap = clic
quality-cut = Solo las últimas { $n } órdenes.
quality-hours = Las horas son UTC.
quality-notes = Un deslizamiento mayor que 0 es peor. Las demoras son solo de órdenes a mercado.
quality-button-source = Fuente
quality-button-account = Cuenta
quality-button-instrument = Instrumento
quality-button-hour = Hora
quality-sheet = { $n ->
    [one] { $n } orden en { $days }, una por línea.
   *[other] { $n } órdenes en { $days }, una por línea.
}
quality-legend-better = mejor
quality-legend-exact = lo esperado
quality-legend-worse = peor
quality-legend-median = mediana
quality-legend-p95 = p95
quality-legend-pips = pips
