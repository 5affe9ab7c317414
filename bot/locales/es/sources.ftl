### /sources: quién envía señales.

sources-title = Fuentes
sources-none = Aún no hay ninguna fuente.
sources-composed = Señales que compone la gente de la mesa
sources-more-instruments = { $n } más
sources-rate = { $n ->
    [one] como mucho { $n } señal por minuto
   *[other] como mucho { $n } señales por minuto
}
sources-life = válidas durante { $life }
sources-pause = Pausar { $name }
sources-resume = Reanudar { $name }
