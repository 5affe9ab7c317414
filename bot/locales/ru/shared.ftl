### What several features say.

question-lapses = Вопрос перестанет действовать { $when }.
question-lapsed = Вопрос больше не действует. Ничего не сделано; начните заново.

more = … и ещё { $n }
back = ‹ Назад
cancel = Отмена
no = Нет
count-orders = { $n ->
    [one] { $n } отложенная заявка
    [few] { $n } отложенные заявки
   *[other] { $n } отложенных заявок
}
count-positions = { $n ->
    [one] { $n } позиция
    [few] { $n } позиции
   *[other] { $n } позиций
}
count-accounts = { $n ->
    [one] { $n } счёт
    [few] { $n } счёта
   *[other] { $n } счетов
}
count-days = { $n ->
    [one] { $n } день
    [few] { $n } дня
   *[other] { $n } дней
}
more-accounts = { $n ->
    [one] … и ещё { $n } счёт
    [few] … и ещё { $n } счёта
   *[other] … и ещё { $n } счетов
}
no-account = Для вас пока не заведён ни один счёт.
drawing = Рисую …
looking = Смотрю …
seen-at = Данные на { $at }
unread = данных ещё нет
somebody = кто-то
csv = CSV
