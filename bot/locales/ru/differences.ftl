### Чем отличаются деск и брокер, в настоящем или, когда это позади (`now` = `no`), в прошедшем.

difference-opened-desktop = вручную (терминал)
difference-opened-mobile = вручную (телефон)
difference-opened-web = вручную (веб-терминал)
difference-opened-program = другой программой
difference-slippage = { $side ->
    [buy] Покупка { $volume } { $symbol } обошлась на { $pips } пипса { $worse ->
        [yes] дороже
       *[no] дешевле
    }, чем ожидалось: <code>{ $filled }</code> вместо <code>{ $expected }</code>.
   *[sell] Продажа { $volume } { $symbol } принесла на { $pips } пипса { $worse ->
        [yes] меньше
       *[no] больше
    }, чем ожидалось: <code>{ $filled }</code> вместо <code>{ $expected }</code>.
}
difference-volume-less = { $now ->
    [yes] Осталось
   *[no] Оставалось
} { $held } из { $expected } { $symbol }: { $change } закрыто{ $how }
difference-volume-more = { $now ->
    [yes] Открыто
   *[no] Было открыто
} { $held } вместо { $expected } { $symbol }: { $change } добавлено{ $how }
difference-how = { "" } { $by } по <code>{ $price }</code>.
difference-how-result = { "" } { $by } по <code>{ $price }</code>, результат { $result }.
difference-nobody = , и ни одна сделка не показывает, кем.
difference-whole = { $symbol } { $side ->
    [buy] BUY
   *[sell] SELL
} { $volume }
difference-stops-unclear = { $whole }: стоп или цель не те, которых ждёт деск.
difference-stops = { $whole }: { $changes } в терминале. Деск { $now ->
    [yes] ждёт
   *[no] ждал
}: { $levels }.
difference-and = { $one } и { $other }
difference-stop-removed = стоп убран
difference-stop-set = стоп поставлен на <code>{ $price }</code>
difference-stop-moved = стоп передвинут на <code>{ $price }</code>
difference-stop-moved-by = стоп передвинут на { $pips } пипса, на <code>{ $price }</code>
difference-stop-none = без стопа
difference-stop-at = стоп <code>{ $price }</code>
difference-target-removed = цель убрана
difference-target-set = цель поставлена на <code>{ $price }</code>
difference-target-moved = цель передвинута на <code>{ $price }</code>
difference-target-moved-by = цель передвинута на { $pips } пипса, на <code>{ $price }</code>
difference-target-none = без цели
difference-target-at = цель <code>{ $price }</code>
difference-unmatched = Открыта позиция { $side ->
    [buy] BUY
   *[sell] SELL
} { $volume } { $symbol } по <code>{ $price }</code>, { $opener }; ни один сигнал её не объясняет.
difference-unmatched-magic = Открыта позиция { $side ->
    [buy] BUY
   *[sell] SELL
} { $volume } { $symbol } по <code>{ $price }</code>, { $opener } (magic { $magic }); ни один сигнал её не объясняет.
difference-unmatched-levels = Её стоп: { $stop ->
    [none] нет
   *[other] { $stop }
}, её цель: { $target ->
    [none] нет
   *[other] { $target }
}.
difference-missing = { $now ->
    [yes] Позиции { $side ->
        [buy] BUY
       *[sell] SELL
    } { $volume } { $symbol } по <code>{ $price }</code> больше нет: брокер не показывает ни её, ни сделки, которая её закрыла.
   *[no] Позиции { $side ->
        [buy] BUY
       *[sell] SELL
    } { $volume } { $symbol } по <code>{ $price }</code> не было: брокер не показывал ни её, ни сделки, которая её закрыла.
}
difference-ambiguous = Сделку деска { $side ->
    [buy] BUY
   *[sell] SELL
} { $volume } { $symbol } по <code>{ $price }</code> нельзя узнать по номеру; { $n ->
    [one] подходит { $n } позиция, но и другой сделке тоже:
    [few] { $now ->
        [yes] подходят
       *[no] подходили
    } { $n } позиции:
   *[other] { $now ->
        [yes] подходят
       *[no] подходили
    } { $n } позиций:
}
difference-candidate = • #{ $number }: { $apart }
difference-closed = { $volume } { $symbol } закрыто { $by } по <code>{ $price }</code>, результат { $result }.
