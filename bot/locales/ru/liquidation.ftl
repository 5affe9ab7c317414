### Сообщение о принудительном закрытии.

liquidation-title-warned = Всё будет закрыто
liquidation-title-counting = Всё будет закрыто
liquidation-title-held = Закрытие задержано
liquidation-title-closing = Всё закрывается
liquidation-title-stuck = Закрыть не удаётся
liquidation-title-flat = Всё закрыто
liquidation-title-locked = Всё закрыто
liquidation-title-released = Больше ничего не закрывается
liquidation-hold-over = Задержка окончена
liquidation-newer = Что дальше, см. в более новом сообщении.
liquidation-held = ✋ Закрытие { $account } задержано. Задержка кончится { $until }.
liquidation-equity = Средства <b>{ $equity }</b> на { $time }.
liquidation-open = Открыто на { $time }: { $positions }.
liquidation-open-orders = Открыто на { $time }: { $positions }, { $orders }.
liquidation-positions = { $n ->
    [one] { $n } позиция
    [few] { $n } позиции
   *[other] { $n } позиций
}
liquidation-orders = { $n ->
    [one] { $n } отложенная заявка
    [few] { $n } отложенные заявки
   *[other] { $n } отложенных заявок
}
liquidation-begins-now = ⏳ Отсчёт начинается сейчас.
liquidation-begins = ⏳ Если никто не вмешается, закрытие начнётся { $left }.
liquidation-choice-owner = <b>Закрыть сейчас</b> не ждёт; <b>Задержать</b> останавливает на время. Новые сделки заблокированы.
liquidation-choice = <b>Закрыть сейчас</b> не ждёт; владелец может задержать. Новые сделки заблокированы.
liquidation-by = { $holder }: { $reason }. Задержка кончится { $until }.
liquidation-by-until = { $reason }. Задержка кончится { $until }.
liquidation-then = Затем: закрытие отменяется, если просадка отступила, иначе отсчёт начнётся снова.
liquidation-stays = Новые сделки остаются заблокированы.
liquidation-stays-owner = Новые сделки остаются заблокированы; /unlock снимает задержку и блокировку.
liquidation-closing = Заявки в пути; счёт проверяется снова и снова, пока на нём ничего не останется.
liquidation-stuck = Закройте позиции в терминале. Деск продолжает попытки.
liquidation-released = Новые сделки снова возможны.
liquidation-locked = Новые сделки заблокированы, пока их не разрешит владелец.
liquidation-locked-owner = Новые сделки заблокированы, пока вы их не разрешите: /unlock
liquidation-question = На сколько задержать и почему? Или напишите: { $typed }
liquidation-now = Закрыть сейчас
liquidation-hold = Задержать
liquidation-release = Снять задержку
liquidation-back = ‹ Назад
liquidation-short-p = цена
liquidation-short-h = вручную
liquidation-short-n = новости
