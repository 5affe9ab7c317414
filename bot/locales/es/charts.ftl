### /chart.

charts-M5 = 5 minutos
charts-unknown = No hay gráfico de { $symbol }; ¿es correcto el nombre?
charts-no-account = Aún no tienes ninguna cuenta configurada, así que no hay precios que dibujar.
charts-M15 = 15 minutos
charts-H1 = 1 hora
charts-H4 = 4 horas
charts-left-out = { $n ->
    [one] { $n } nivel está demasiado lejos para dibujarlo
   *[other] { $n } niveles están demasiado lejos para dibujarlos
}
