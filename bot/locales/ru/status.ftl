### /status, закреплённое сообщение: в первой строке то, что требует внимания.

status-trading-on = ▶️ Торговля идёт
status-more = ещё { $n }
status-more-accounts = { $n ->
    [one] … и ещё { $n } счёт
    [few] … и ещё { $n } счёта
   *[other] … и ещё { $n } счетов
}
status-no-account = Для вас пока не заведён ни один счёт.
status-equity = Средства около { $equity }
status-drawdown = просадка { $percent } из { $limit }
status-no-positions = Позиций нет
status-positions = { $n ->
    [one] { $n } позиция
    [few] { $n } позиции
   *[other] { $n } позиций
}
status-unmatched = без пары: { $n }
status-divergences = { $n ->
    [one] { $n } расхождение
    [few] { $n } расхождения
   *[other] { $n } расхождений
}
status-never-read = данных ещё нет
status-not-read = ⚠️ обновлён { $since }
status-never-guarded = ещё не под защитой
status-not-guarded = ⚠️ проверка защитой { $since }
status-closing-warned = Всё будет закрыто
status-closing-counting = Всё будет закрыто
status-closing-held = Закрытие задержано
status-closing-closing = Всё закрывается
status-closing-stuck = Закрыть не удаётся
status-closing-flat = Всё закрыто
status-closing-locked = Всё закрыто
status-closing-released = Больше ничего не закрывается
status-cards = { $n ->
    [one] { $n } карточка ждёт решения
    [few] { $n } карточки ждут решения
   *[other] { $n } карточек ждут решения
}
status-orders = { $n ->
    [one] { $n } заявка в пути
    [few] { $n } заявки в пути
   *[other] { $n } заявок в пути
}
status-unconfirmed = без подтверждения: { $n }
status-outbox = ⚠️ самое старое неотправленное сообщение: { $since }
