### /signals: список, и один сигнал с тем, что с ним стало.

signals-title = Сигналы
signals-none = Сигналов пока нет.
signals-none-such = Таких сигналов нет.
signals-no-card = без карточек
signals-no-card-at-all = Карточку по нему никто не получил.
signals-state-pending = без решения
signals-state-approved = одобрен
signals-state-rejected = отклонён
signals-state-expired = истёк
signals-state-withdrawn = отозван
signals-any = все
signals-source = Источник: { $source }
signals-state = Решение: { $state }
signals-by = автор { $name }
signals-ends = Истекает { $when }
signals-withheld = 🔒 Карточек никто не получил: { $reason }
signals-again = Обновить
signals-withdraw = Отозвать
signals-keep = Оставить
signals-kept = Сигнал остаётся.
signals-ask-withdraw = { $n ->
    [one] Отозвать { $signal }? Без решения или ещё не отправлено: { $n } карточка.
    [few] Отозвать { $signal }? Без решения или ещё не отправлено: { $n } карточки.
   *[other] Отозвать { $signal }? Без решения или ещё не отправлено: { $n } карточек.
}
signals-withdrawn = { $n ->
    [one] ↩️ { $signal } отозван, это видно на { $n } карточке.
   *[other] ↩️ { $signal } отозван, это видно на { $n } карточках.
}
signals-decided-before = { $n ->
    [one] По { $n } карточке решение уже было; одобренное остаётся в силе.
   *[other] По { $n } карточкам решение уже было; одобренное остаётся в силе.
}
