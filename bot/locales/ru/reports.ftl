### /history, /performance, /equity.

reports-history = История
reports-number = Число от 1 до { $most }.
reports-performance = Результаты
reports-no-trades = Закрытых сделок ещё нет.
reports-trades = { $n ->
    [one] { $n } сделка
    [few] { $n } сделки
   *[other] { $n } сделок
}
reports-short-days = { $n } д
reports-sheet = { $n ->
    [one] { $n } закрытая сделка, по одной в строке.
    [few] { $n } закрытые сделки, по одной в строке.
   *[other] { $n } закрытых сделок, по одной в строке.
}
reports-unknown = результат неизвестен
reports-unknowns = { $n ->
    [one] { $n } закрыта без известного результата
   *[other] { $n } закрыто без известного результата
}
reports-r = { $r } R
reports-slippage = проскальзывание { $pips } пипса
reports-by-hand = вручную
reports-win-rate = Прибыльных { $percent }
reports-factor = профит-фактор { $factor }
reports-expectancy = Матожидание { $money }
reports-average = в среднем { $r } R (измерено: { $n })
reports-best = Лучшая { $money }
reports-worst = худшая { $money }
reports-drawdown = Наибольшая просадка по закрытым { $money }
reports-measured = R – результат в единицах риска до стопа. Деньги в разных валютах не складываются.
reports-by-sources = По источникам
reports-by-accounts = По счетам
reports-head-count = n
reports-head-win = приб
reports-head-factor = ПФ
reports-head-net = итог
reports-more-currencies = … и ещё валют: { $n }
reports-no-readings = За эти дни данных по счёту нет.
reports-start = Начало { $money } · { $at }
reports-end = Сейчас { $money } · { $at }
reports-gain = Прирост { $money }
reports-peak = Максимум { $money }
reports-max-drawdown = Наибольшая просадка { $percent }
reports-payments = { $n ->
    [one] Ввод и вывод: { $money }, { $n } операция; в прирост и просадку не входит
    [few] Ввод и вывод: { $money }, { $n } операции; в прирост и просадку не входит
   *[other] Ввод и вывод: { $money }, { $n } операций; в прирост и просадку не входит
}
reports-payments-unknown = ⚠️ Узнать у терминала о вводе и выводе сейчас нельзя: они выглядели бы прибылью или убытком.
reports-gaps = Между замерами до { $span }; в промежутках могло быть выше или ниже.
reports-legend-equity = Средства
reports-legend-balance = Баланс
reports-legend-drawdown = Просадка
reports-legend-paid = Ввод и вывод
