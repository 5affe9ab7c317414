### /history, /performance, /equity.

reports-history = Historial
reports-number = El número va de 1 a { $most }.
reports-performance = Rendimiento
reports-no-trades = Aún no hay operaciones cerradas.
reports-trades = { $n ->
    [one] { $n } operación
   *[other] { $n } operaciones
}
reports-short-days = { $n } d
reports-sheet = { $n ->
    [one] { $n } operación cerrada, una por línea.
   *[other] { $n } operaciones cerradas, una por línea.
}
reports-unknown = resultado desconocido
reports-unknowns = { $n ->
    [one] { $n } cerrada sin resultado conocido
   *[other] { $n } cerradas sin resultado conocido
}
reports-r = { $r } R
reports-slippage = deslizamiento { $pips } pips
reports-by-hand = a mano
reports-win-rate = Aciertos { $percent }
reports-factor = factor de beneficio { $factor }
reports-expectancy = Esperanza { $money }
reports-average = media { $r } R ({ $n } medidas)
reports-best = Mejor { $money }
reports-worst = peor { $money }
reports-drawdown = Mayor caída de lo cerrado { $money }
reports-measured = R es el resultado en múltiplos del riesgo hasta el stop. El dinero de dos divisas nunca se suma.
reports-by-sources = Por fuente
reports-by-accounts = Por cuenta
reports-head-count = n
reports-head-win = %
reports-head-factor = FB
reports-head-net = neto
reports-more-currencies = … y { $n } divisas más
reports-no-readings = En estos días no hay datos de la cuenta.
reports-start = Inicio { $money } · { $at }
reports-end = Ahora { $money } · { $at }
reports-gain = Ganancia { $money }
reports-peak = Máximo { $money }
reports-max-drawdown = Mayor drawdown { $percent }
reports-payments = { $n ->
    [one] Ingresos y retiradas: { $money } en { $n } movimiento; no cuenta en ganancia ni drawdown
   *[other] Ingresos y retiradas: { $money } en { $n } movimientos; no cuentan en ganancia ni drawdown
}
reports-payments-unknown = ⚠️ Ahora no se puede preguntar al terminal por ingresos y retiradas: parecerían ganancia o pérdida.
reports-gaps = Entre lecturas hay hasta { $span }; en medio pudo estar más alto o más bajo.
reports-legend-equity = Patrimonio
reports-legend-balance = Saldo
reports-legend-drawdown = Drawdown
reports-legend-paid = Ingresos y retiradas
