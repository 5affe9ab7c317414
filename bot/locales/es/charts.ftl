### /chart.

charts-M5 = 5 minutos
charts-M15 = 15 minutos
charts-H1 = 1 hora
charts-H4 = 4 horas
charts-more = … y { $n } más
charts-orders = { $n ->
    [one] { $n } orden pendiente
   *[other] { $n } órdenes pendientes
}
charts-left-out = { $n ->
    [one] { $n } nivel está demasiado lejos para dibujarlo
   *[other] { $n } niveles están demasiado lejos para dibujarlos
}
