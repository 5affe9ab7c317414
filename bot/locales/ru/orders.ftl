### /orders: что ждёт у брокера и что туда в пути.

orders-title = { $n ->
    [0] Отложенных заявок нет.
    [one] <b>{ $n } отложенная заявка</b>
    [few] <b>{ $n } отложенные заявки</b>
   *[other] <b>{ $n } отложенных заявок</b>
}
orders-price = Цена: { $price }
orders-placed = Выставлена { $at }, { $age } назад
orders-expires = До { $at } ({ $left })
orders-no-expiry = Ждёт, пока её не снимут
orders-gone = Эта заявка больше не ждёт: исполнена, снята или истекла.
orders-coming = { $n ->
    [one] <b>В пути: { $n } заявка деска</b>
    [few] <b>В пути: { $n } заявки деска</b>
   *[other] <b>В пути: { $n } заявок деска</b>
}
orders-unread = Данных ещё нет: { $accounts }
orders-act-cancel = Снять заявку
orders-act-move = Цена …
orders-kind-open = открыть { $symbol } { $lots }
orders-kind-modify = стопы { $symbol } { $lots }
orders-kind-change = сдвинуть заявку { $symbol } { $lots }
orders-kind-close = закрыть { $symbol } { $lots }
orders-kind-close_by = закрыть встречной { $symbol } { $lots }
orders-kind-cancel = снять заявку { $symbol } { $lots }
orders-state-new = ⏳ ждёт отправки
orders-state-sending = 📤 отправляется
orders-state-unknown = ❔ не подтверждена, проверяется
