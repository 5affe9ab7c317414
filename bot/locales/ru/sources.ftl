### /sources: кто присылает сигналы.

sources-title = Источники
sources-none = Источников пока нет.
sources-composed = Сигналы, которые составляют люди деска
sources-more-instruments = и ещё { $n }
sources-rate = { $n ->
    [one] не больше { $n } сигнала в минуту
   *[other] не больше { $n } сигналов в минуту
}
sources-life = действуют { $life }
sources-pause = Пауза: { $name }
sources-resume = Снять паузу: { $name }
