### /positions и одна позиция.

positions-no-account = Для вас пока не заведён ни один счёт.
positions-count = { $n ->
    [one] { $n } позиция
    [few] { $n } позиции
   *[other] { $n } позиций
}
positions-flat = позиций нет
positions-unread = данных ещё нет
positions-more-accounts = { $n ->
    [one] … и ещё { $n } счёт
    [few] … и ещё { $n } счёта
   *[other] … и ещё { $n } счетов
}
positions-none = нет
positions-pips = { $pips } пипса
positions-stops = SL { $stop } · TP { $target }
positions-source = от { $source }
positions-by-hand = вручную
positions-by-program = другой программой
positions-danger-gap = гэп
positions-danger-spread = спред
positions-danger-stale = цены стоят
positions-danger-closing = скоро закрытие
positions-danger-news = новости
positions-read = Обновлено { $at }
positions-entry = Вход: { $entry }
positions-now = Сейчас: { $now }
positions-stop = Стоп: { $stop }
positions-target = Цель: { $target }
positions-swap = Своп: { $swap }
positions-opened = Открыта { $at }, { $age } назад
positions-not-yours = На этом счёте действует только его трейдер. Для деска: /lock, /panic
positions-gone = Эта позиция больше не открыта.
positions-refresh = ↻ Обновить
positions-back = ‹ К списку
positions-act-close = Закрыть
positions-act-half = Половину
positions-act-break_even = В безубыток
positions-act-stop = Стоп …
positions-act-target = Цель …
