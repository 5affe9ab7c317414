### Карточка сигнала: что предложено, для какого счёта и объёма. В подписи 1024 знака.

card-badge-unread = ⚪ СЧЁТ: ДАННЫХ ЕЩЁ НЕТ
card-kind-limit = лимитная
card-kind-stop = стоп-заявка
card-entry = Вход { $price }
card-entry-zone = Вход { $price } (зона { $low } – { $high })
card-stop = Стоп { $price }
card-no-stop = Без стопа
card-targets = { $n ->
    [one] Цель { $prices }
   *[other] Цели { $prices }
}
card-no-targets = Без цели
card-ratio = Прибыль к риску { $ratio }
card-size-at-tap = Объём рассчитается при нажатии
card-size = Объём { $lots }, риск { $risk }
card-size-no-stop = Объём { $lots }, без стопа
card-size-margin = Объём { $lots }, риск { $risk }, маржа { $margin }
card-by-percent = { $percent } от средств
card-by-fixed = ваш фиксированный лот
card-by-max_lots = урезано до вашего максимума { $lots }
card-scaled = ×{ $factor } по вашему выбору
card-account = Счёт { $account }
card-source = Источник { $source }
card-record-new = новый источник
card-record = { $n ->
    [one] в плюсе { $percent } из { $n } сигнала
   *[other] в плюсе { $percent } из { $n } сигналов
}
card-record-slippage = проскальзывание { $pips } пипса
card-split = По целям: { $parts }
card-split-part = { $lots } → { $target }
card-split-fewer = (ещё { $n } без лотов: объём мал)
card-split-stops = На первой цели остальные стопы переносятся на вход
card-expires = ⏳ Истекает { $when }
card-refused = ⛔ Отказано { $when }: { $reason }
card-obstacle = ⛔ { $reason } Кнопка «Одобрить» вернётся, когда это пройдёт.
card-obstacle-size = ⛔ { $reason } Меньший объём можно одобрить.
card-not-taken = 🤖 Постоянное одобрение № { $number } оставило решение вам: { $reason }
card-rejected = ✖️ Отклонено: { $reason }
card-rejected-bare = ✖️ Отклонено
card-expired = ⌛ Истёк без решения
card-withdrawn = ↩️ Отозван источником
card-withdrawn-why = ↩️ Отозвано: { $reason }
card-by-standing = 🤖 По постоянному одобрению № { $number }

## Buttons

card-approve = ✅ Одобрить
card-reject = ✖️ Отклонить
card-check = 🔄 Проверить снова
card-half = ½ объёма
card-whole = 1× объём
card-double = 2× объём
card-details = ℹ️ Подробнее
card-undo = ↩️ Отменить
card-other-reason = Другое …
card-reason-setup = Не нравится сетап
card-reason-late = Слишком поздно
card-reason-risk = Сейчас слишком рискованно

## Details

card-details-title = Подробности · { $what }
card-details-entry = Вход сейчас { $price }, спред { $pips } пипса: { $money }
card-details-entry-free = Вход сейчас { $price }, спред { $pips } пипса
card-details-level = { $name } { $price } · { $pips } пипса · { $money }
card-details-bare-level = { $name } { $price } · { $pips } пипса
card-details-lots = Объём { $lots }
card-details-margin = Маржа { $margin } из { $free } свободных
card-details-no-margin = Маржа: брокер её сейчас не сообщает, свободно { $free }
card-details-open-risk = Остальной открытый риск { $risk } из { $limit } ({ $percent } от средств)
card-details-bare = { $n ->
    [one] { $n } сделка без стопа: её риск неизвестен
    [few] { $n } сделки без стопа: их риск неизвестен
   *[other] { $n } сделок без стопа: их риск неизвестен
}
card-details-guard-drawdown = Просадка { $percent } из { $limit }: ещё { $left } до закрытия всего защитой
card-details-guard-daily = Убыток дня { $percent } из { $limit }: ещё { $left } до закрытия всего защитой
card-details-unguarded = Защита этот счёт ещё не видела
card-copy = 📋 Скопировать уровни

## Answers to taps

card-checking-price = Проверяю цену …
card-resizing = Считаю объём …
card-undone = Взято назад. Ничего не отправлено.
card-ask-reason = Почему вы отклоняете сигнал? Напишите одним сообщением.
card-no-chart = Графика сейчас нет.
