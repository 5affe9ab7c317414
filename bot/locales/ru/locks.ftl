### Что не пускает новые сделки: /locks, /lock, /unlock, /pause, /resume.

locks-none = Ничего не заблокировано и не на паузе; новые сделки возможны.
locks-none-to-release = Нет блокировки, которую вы могли бы снять. Все блокировки: /locks
locks-title = Что мешает новым сделкам
locks-the-desk = Деск
locks-source = Источник { $name }
locks-set = установлено { $when }
locks-ends = закончится { $when }
locks-desk-paused = ⏸ Торговля на паузе: новых сделок нет ни на одном счёте. Снять: /resume
locks-desk-resumed = ▶️ Торговля продолжается.
locks-paused = ⏸ { $name }: пауза, новых сделок там нет. Снять: /resume
locks-resumed = ▶️ { $name }: торговля продолжается.
locks-locked = 🔒 { $name }: заблокировано до снятия. Снять: /unlock
locks-locked-until = 🔒 { $name }: заблокировано до { $until }. Снять: /unlock
locks-resting = { $n ->
    [one] { $n } отложенная заявка остаётся у брокера и ещё может исполниться.
    [few] { $n } отложенные заявки остаются у брокера и ещё могут исполниться.
   *[other] { $n } отложенных заявок остаются у брокера и ещё могут исполниться.
}
locks-unlock = Разблокировать { $name }
locks-unlock-drawdown = Разблокировать { $name } (просадка)
locks-resume = Снять паузу: { $name }
locks-keep = Оставить под блокировкой
locks-ask = Разблокировать <b>{ $name }</b>? Заблокировала защита:
locks-ask-anew = Просадка будет считаться заново от { $equity }: прежний убыток больше не учитывается.
locks-kept = Блокировка остаётся.
locks-unlocked = 🔓 { $name }: блокировка снята.
locks-open-again = 🔓 { $name }: блокировка снята, новые сделки снова возможны.
locks-measured = Просадка теперь считается от { $equity }.
locks-still = Ещё действует: { $reason }
