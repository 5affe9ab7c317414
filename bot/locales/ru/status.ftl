### /status, закреплённое сообщение: в первой строке то, что требует внимания.

status-trading-on = ▶️ Торговля идёт
status-more = ещё { $n }
status-equity = Средства около { $equity }
status-drawdown = просадка { $percent } из { $limit }
status-no-positions = Позиций нет
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
