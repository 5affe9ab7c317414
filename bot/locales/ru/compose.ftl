### /signal: сигнал, который составляет человек.

compose-title = Новый сигнал
compose-example = Напишите так:
compose-unknown-word = Не понимаю «{ $word }». Инструменты: { $known }
compose-said-twice = «{ $word }» сказано дважды.
compose-one-stop = «{ $word }»: у стопа одна цена, например SL 1.0820
compose-no-price-after = После «{ $word }» нужна цена, например TP 1.0890 1.0930
compose-too-many-targets = «{ $word }»: целей может быть не больше { $most }.
compose-wrong-side = «{ $word }» – не buy и не sell.
compose-wrong-kind = «{ $word }» – не market, не limit и не stop.
compose-wrong-price = «{ $word }» – не цена.
compose-wrong-expiry = «{ $word }» – не срок от минуты до 7 дней, например 30m, 2h или 1d.
compose-wrong-note = Заметка – одна строка, не длиннее { $most } знаков.
compose-invalid-instrument = { $word } здесь не торгуется.
compose-invalid-entry = { $word }: такого входа быть не может; зона идёт снизу вверх: 1.0840-1.0850
compose-invalid-stop-buy = Стоп { $word }: при покупке он ниже входа.
compose-invalid-stop-sell = Стоп { $word }: при продаже он выше входа.
compose-invalid-targets-buy = Цели { $word }: при покупке каждая выше входа.
compose-invalid-targets-sell = Цели { $word }: при продаже каждая ниже входа.
compose-invalid-expiry = { $word }: сигнал живёт от 5 с до 7 дней.
compose-invalid-note = «{ $word }» – не заметка в одну строку.
compose-ask-instrument = Какой инструмент?
compose-ask-side = Покупка или продажа?
compose-ask-kind = Какой тип заявки?
compose-ask-entry = По какой цене? Зона пишется так: 1.0840-1.0850
compose-ask-stop = Где стоп?
compose-ask-targets = Какие цели? До пяти цен: 1.0890 1.0930
compose-ask-expiry = Сколько сигнал действует? Нажмите или напишите 45m, 2h, 1d
compose-ask-note = Заметка для трейдеров?
compose-side-buy = Покупка
compose-side-sell = Продажа
compose-kind-market = По рынку
compose-kind-limit = Лимитная
compose-kind-stop = Стоп-заявка
compose-without-stop = Без стопа
compose-without-targets = Без целей
compose-without-note = Без заметки
compose-step-instrument = Инструмент
compose-step-side = Направление
compose-step-kind = Тип
compose-step-entry = Цена
compose-step-stop = Стоп
compose-step-targets = Цели
compose-step-expiry = Срок
compose-step-note = Заметка
compose-preview = 📝 Предпросмотр – ещё ничего не отправлено
compose-price-anew = 📝 Прошлой цене уже минута; вот новая. Ещё ничего не отправлено
compose-lives = Действует { $life } с отправки
compose-price-of = Цена на { $at }
compose-goes-to = 📨 Адресаты: { $traders }, { $accounts }
compose-traders = { $n ->
    [one] { $n } трейдер
    [few] { $n } трейдера
   *[other] { $n } трейдеров
}
compose-obstacle = 🔒 Сейчас карточку никто не получит: { $reason }
compose-nobody = 📭 Сейчас ни один трейдер не может получить карточку.
compose-send = Отправить
compose-again = Посмотреть снова
compose-edit = Изменить
compose-look = Что с ним стало
compose-sent = { $n ->
    [one] ✅ Отправлено: { $n } карточка.
    [few] ✅ Отправлено: { $n } карточки.
   *[other] ✅ Отправлено: { $n } карточек.
}
compose-sent-to-nobody = ✅ Сигнал сохранён, но карточек никто не получил: новым сделкам что-то мешает. /locks
compose-cancelled = Отменено. Ничего не отправлено.
compose-stale = Это кнопка прежнего шага. Пользуйтесь последним сообщением.
compose-over = Это уже завершено. Начните заново: /signal
compose-sent-already = Этот сигнал уже отправлен. Он в /signals
