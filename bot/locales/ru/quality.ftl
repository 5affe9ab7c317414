### /quality: как исполнялись заявки.

quality-none = { $n ->
    [one] За { $n } день исполнений пока нет.
    [few] За { $n } дня исполнений пока нет.
   *[other] За { $n } дней исполнений пока нет.
}
quality-title = Качество
quality-by-source = по источникам
quality-by-account = по счетам
quality-by-instrument = по инструментам
quality-by-hour = по часам
quality-fills = { $n ->
    [one] { $n } исполнение
    [few] { $n } исполнения
   *[other] { $n } исполнений
}
quality-slippage = Проскальзывание
quality-all-filled = { $n ->
    [1] 1 заявка, исполнена
    [one] { $n } заявка, все исполнены
    [few] { $n } заявки, все исполнены
   *[other] { $n } заявок, все исполнены
}
quality-filled = { $n ->
    [one] { $n } заявка, исполнено { $share } лотов
    [few] { $n } заявки, исполнено { $share } лотов
   *[other] { $n } заявок, исполнено { $share } лотов
}
quality-whole = исполнено: { $n }
quality-part = частично: { $n }
quality-refused = отклонено: { $n }
quality-doubted = какое-то время неясно: { $n }
quality-waiting = в пути: { $n }
quality-lapsed = не сработало: { $n }
quality-unmeasured = Проскальзывание: измерять пока нечего
quality-slippage-figures = Проскальзывание: медиана { $median }, p95 { $p95 }, среднее { $mean }, худшее { $worst } пипса
quality-better = { $share } лучше ожидания (измерено: { $n })
quality-delays = До исполнения: от нажатия { $tap }; от сигнала { $signal }
quality-delay = { $median }, p95 { $p95 }
quality-seconds = { $s } с
quality-column-orders = n
quality-column-filled = исп
quality-column-median = мед
quality-column-p95 = p95
quality-column-tap = тап
quality-cut = Только последние заявки: { $n }.
quality-hours = Часы по UTC.
quality-notes = Проскальзывание выше 0 – хуже. Задержки – только по рыночным заявкам.
quality-button-source = Источник
quality-button-account = Счёт
quality-button-instrument = Инструмент
quality-button-hour = Час
quality-sheet = { $n ->
    [one] { $n } заявка за { $days }, по одной в строке.
    [few] { $n } заявки за { $days }, по одной в строке.
   *[other] { $n } заявок за { $days }, по одной в строке.
}
quality-legend-better = лучше
quality-legend-exact = как ожидалось
quality-legend-worse = хуже
quality-legend-median = медиана
quality-legend-p95 = p95
quality-legend-pips = пипсы
