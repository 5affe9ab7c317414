### Счета: список, каждый счёт с кнопками, мастер подключения, риск.

accounts-title = Счета
accounts-none = Пока не подключён ни один счёт.
accounts-money = Баланс { $balance } · средства { $equity }
accounts-drawdown = Просадка { $percent } из { $limit }
accounts-unread = Данных ещё нет.
accounts-state-watched = под наблюдением
accounts-state-paused = на паузе
accounts-state-locked = заблокирован
accounts-state-closing = закрывается
accounts-state-unreachable = недоступен
accounts-state-unread = ждёт первых данных
accounts-login = { $login } на { $server }
accounts-leverage = плечо 1:{ $leverage }
accounts-mode-netting = неттинг
accounts-mode-exchange = биржевой неттинг
accounts-mode-hedging = хеджинг
accounts-positions = { $n ->
    [0] позиций нет
    [one] { $n } позиция
    [few] { $n } позиции
    [many] { $n } позиций
   *[other] { $n } позиции
}
accounts-orders = { $n ->
    [0] отложенных заявок нет
    [one] { $n } отложенная заявка
    [few] { $n } отложенные заявки
    [many] { $n } отложенных заявок
   *[other] { $n } отложенной заявки
}
accounts-of-desk-file = Имя, риск и символы этого счёта заданы в файле деска.

accounts-button-link = ➕ Подключить счёт
accounts-button-risk = 📐 Риск
accounts-button-pause = ⏸ Без новых сделок
accounts-button-resume = ▶️ Снять паузу
accounts-button-rename = ✏️ Имя
accounts-button-symbols = 🔤 Символы
accounts-button-unlink = Отключить …
accounts-button-renew = 🔑 Новый пароль
accounts-button-all = ‹ Счета
accounts-button-keep = Оставить

## Пауза, имя, символы

accounts-paused = Новых сделок не будет. Открытое остаётся открытым и под защитой.
accounts-resumed = Новые сделки снова возможны.
accounts-ask-name = Как назвать счёт <b>{ $label }</b>? Напишите имя: от 1 до { $most } знаков.
accounts-renamed = ✅ Теперь счёт называется <b>{ $label }</b>.
accounts-symbols-title = Символы счёта { $label }
accounts-symbols-none = Ни у одного источника пока нет инструментов.
accounts-symbol-found = { $instrument } → <b>{ $symbol }</b>
accounts-symbol-missing = ⚠️ { $instrument }: у этого брокера символ не найден, его сигналы исполнить нельзя.
accounts-symbol-unasked = { $instrument }: определится, когда терминал ответит.
accounts-symbols-hint = Нажмите на инструмент, чтобы написать его имя у брокера.
accounts-ask-symbol = Как ваш брокер называет <b>{ $instrument }</b>? Напишите имя точно так, как в «Обзоре рынка».
accounts-pinned = ✅ { $instrument } торгуется на счёте { $label } как <b>{ $symbol }</b>.

## Отключение

accounts-unlink-question = Отключить счёт <b>{ $label }</b>?
accounts-unlink-money = Баланс { $balance }, ничего не открыто, заявок в пути нет.
accounts-unlink-cards = { $n ->
    [one] { $n } сигнал, который ждёт вашего решения, будет отозван.
    [few] { $n } сигнала, которые ждут вашего решения, будут отозваны.
    [many] { $n } сигналов, которые ждут вашего решения, будут отозваны.
   *[other] { $n } сигнала, которые ждут вашего решения, будут отозваны.
}
accounts-unlink-what = Деск перестанет следить за счётом и сотрёт его пароль. История сохранится. У брокера ничего не изменится.
accounts-unlink-sure = Отключить { $label }
accounts-unlinked = ✅ Счёт <b>{ $label }</b> отключён, его пароль стёрт. История сохранена.

## Что мешает

accounts-refused-desk-file = Этот счёт задан в файле деска и меняется там.
accounts-refused-linked = Этот счёт уже подключён к деску.
accounts-refused-linked-by-you = Вы уже подключили этот счёт: { $account }.
accounts-refused-name-taken = Такое имя, или очень похожее, уже есть у другого счёта, источника или инструмента деска. Выберите другое.
accounts-refused-name-form = В имени от 1 до { $most } знаков, одной строкой; среди них буквы или цифры.
accounts-refused-name-spaces = Между словами имени один пробел, до и после них пробелов нет.
accounts-refused-name-kind = Имя не может начинаться со слова «{ $word }»: в командах оно значит другое. Подойдёт любое другое первое слово.
accounts-refused-name-span = После первого слова в имени не может стоять «{ $word }»: в командах это срок. Начинаться с него имя может.
accounts-refused-name-begins = Имя не может начинаться с «{ $word }»: на деске так уже что-то называется, и команды их перепутают. Начните с другого слова.
accounts-refused-too-many-accounts = { $most ->
    [one] Здесь у трейдера может быть { $most } счёт. Сначала отключите его.
    [few] Здесь у трейдера может быть { $most } счёта. Сначала отключите один из них.
    [many] Здесь у трейдера может быть { $most } счетов. Сначала отключите один из них.
   *[other] Здесь у трейдера может быть { $most } счёта. Сначала отключите один из них.
}
accounts-refused-no-terminal = Свободного терминала для ещё одного счёта нет. Попросите владельца деска добавить терминал.
accounts-refused-terminal-busy = Этот терминал сейчас занят. Попробуйте через несколько минут.
accounts-refused-too-many-tries = Слишком много неверных паролей. Подождите { $minutes } мин: после новых попыток некоторые брокеры блокируют счёт.
accounts-refused-rejected = Брокер не принимает этот логин с этим паролем на этом сервере. Проверьте логин, пароль и сервер; нужен основной пароль, а не пароль инвестора.
accounts-refused-one-time-password = Брокер требует одноразовый пароль или сертификат; такой счёт подключить нельзя.
accounts-refused-paper = У учебного счёта нет пароля, менять нечего.
accounts-refused-investor = Это пароль инвестора: с ним можно только смотреть, открывать и закрывать нельзя. Нужен основной пароль.
accounts-refused-closing = Позиции счёта сейчас закрываются. Пароль можно будет сменить после этого.
accounts-refused-wrong-account = Ответил другой счёт или другой терминал. Ничего не изменено; попросите владельца деска проверить терминал.
accounts-refused-timed-out = Терминал не ответил вовремя. Ничего не изменено; попробуйте через несколько минут.
accounts-refused-unreachable = Терминал сейчас недоступен или не может связаться с этим сервером. Проверьте имя сервера и попробуйте ещё раз.
accounts-refused-not-flat = На счёте что-то открыто: позиций { $positions }, отложенных заявок { $orders }. Сначала закройте всё.
accounts-refused-under-way = Заявки в пути: { $orders }. Дождитесь их исхода и попробуйте ещё раз.
accounts-refused-locked = Счёт заблокирован, или его позиции закрываются. Сначала его должен разблокировать владелец деска.
accounts-refused-unreadable = Терминал сейчас не отвечает, и неизвестно, открыто ли что-нибудь. Попробуйте позже.
accounts-refused-bound = Защита заблокировала этот счёт или закрывает его. Пока это так, лимиты можно ужесточить, но не ослабить.
accounts-refused-near = Просадка сейчас { $percent } %, а при { $most } % всё закрывается. Так близко к лимиту ослабить его или продлить обратный отсчёт может только владелец.
accounts-refused-near-today = Убыток за день сейчас { $percent } %, а при { $most } % всё закрывается. Так близко к лимиту ослабить его или продлить обратный отсчёт может только владелец.
accounts-refused-ceiling = Владелец деска допускает для «{ $setting }» не больше { $most }.
accounts-refused-floor = Владелец деска требует не меньше { $most } для «{ $setting }».
accounts-refused-out-of-range = Это вне допустимого для «{ $setting }».
accounts-refused-too-large = «{ $setting }» превысит «{ $limit }»: ни одна сделка не пройдёт.
accounts-refused-no-symbol = У брокера этого счёта нет символа { $symbol }.
accounts-refused-open = На счёте что-то открыто. Сначала закройте всё, потом можно менять символы.

## Мастер

accounts-link-kind = <b>Подключить счёт</b>

    <b>Учебный</b>: учебные деньги по правилам настоящего рынка, готов сразу.
    <b>MetaTrader 5</b>: ваш собственный счёт у брокера, демо или реальный. Понадобятся логин, сервер и основной пароль.
accounts-link-paper = Учебный
accounts-link-mt5 = MetaTrader 5
accounts-link-paper_name = Как назвать учебный счёт? Напишите имя: от 1 до { $most } знаков.
accounts-link-paper_balance = С какой суммы учебных денег он начнётся? Напишите сумму в USD, от { $least } до { $most }.
accounts-link-bad-balance = Напишите сумму от { $least } до { $most }, например 10000.
accounts-link-terminal = Какой терминал будет обслуживать счёт? Каждый обслуживает один.
accounts-link-login = Напишите <b>логин</b> счёта: номер, который дал брокер.
accounts-link-bad-login = Логин – это число от 1 до 18 цифр. Напишите только цифры.
accounts-link-server = Напишите <b>сервер</b> точно так, как его показывает терминал, например MetaQuotes-Demo.
accounts-link-bad-server = В имени сервера от 2 до 64 букв, цифр, пробелов, точек или дефисов, например MetaQuotes-Demo.
accounts-link-password = Напишите <b>основной пароль</b> счёта { $login } на { $server }.

    Ваше сообщение сразу удаляется. Пароль хранится зашифрованным и только после того, как вы увидите найденное и согласитесь; его никому не показывают.
accounts-link-bad-password = В пароле от 1 до 64 знаков, текстом. Напишите его ещё раз.
accounts-link-looks-secret = 🧹 Это было похоже на пароль, и ваше сообщение удалено. Пароль понадобится позже.
accounts-link-delete-it = ⚠️ Ваше сообщение удалить не удалось. Удалите его сейчас сами: в нём может быть пароль.
accounts-link-checking = 🔎 Вхожу на счёт { $login } на { $server } … Если терминал надо сначала запустить, это займёт до двух минут.
accounts-link-again = Найденное хранится только десять минут и не переживает перезапуска деска. Напишите пароль ещё раз.
accounts-link-cancelled = Ничего не подключено.
accounts-link-over = Этот вопрос больше не действует. Что есть сейчас: /accounts
accounts-link-lapsed = 🧹 Ваше сообщение удалено: в нём мог быть пароль. Вопрос о пароле действует один день; начать заново: /accounts
accounts-renew-ask = Напишите <b>новый основной пароль</b> счёта { $login } на { $server }.

    Ваше сообщение удаляется сразу. Сначала пароль проверяется в терминале; старый остаётся, пока вы не увидите результат и не подтвердите.
accounts-renew-yes = Сохранить этот пароль
accounts-renew-cancelled = Ничего не изменено: остаётся прежний пароль.
accounts-renewed = ✅ У счёта <b>{ $label }</b> новый пароль; теперь деск входит с ним.
accounts-found-title = ✅ Вход выполнен. Найдено:
accounts-found-owner = Имя: { $name }
accounts-found-live = ⚠️ <b>Это реальный счёт: по одобренным сигналам вы торгуете настоящими деньгами.</b>
accounts-found-may = Торговля разрешена.
accounts-found-may-not = ⚠️ Торговать пока нельзя: { $why }
accounts-found-open = Открыто сейчас: { $positions }, { $orders }. Всё это будет под наблюдением и защитой.
accounts-found-symbols = Инструменты: { $found }
accounts-found-missing = ⚠️ У этого брокера не найдены: { $missing }. Сигналы по ним нельзя исполнить, пока вы не укажете символ.
accounts-link-yes = Подключить
accounts-linked = ✅ Счёт <b>{ $label }</b> подключён и с этой минуты под наблюдением.
accounts-linked-next = Проверьте риск до первого сигнала: { $size } на сделку, лимит просадки { $limit }. Следующий сигнал придёт сюда карточкой, с лотами для этого счёта; исполнится он, когда вы его одобрите.
accounts-linked-risk = 📐 Настройки риска
accounts-linked-status = 📊 Статус

## Риск

accounts-risk-title = Риск счёта { $label }
accounts-group-size = Объём сделки
accounts-group-entries = Новые сделки
accounts-group-guard = Защита от просадки
accounts-group-market = Рыночная защита
accounts-set-risk_percent = Риск на сделку
accounts-set-fixed_lots = Фиксированный лот
accounts-set-max_lots = Наибольшая сделка
accounts-set-max_open_risk_percent = Лимит открытого риска
accounts-set-max_open_lots = Лоты всех сделок
accounts-set-drawdown_limit_percent = Лимит просадки
accounts-set-daily_loss_percent = Лимит дневного убытка
accounts-set-max_open_trades = Сделок одновременно
accounts-set-max_per_day = Сделок в день
accounts-set-max_drift_pips = Уход цены
accounts-set-plan = Несколько целей
accounts-set-hours = Часы торговли
accounts-set-countdown_s = Обратный отсчёт
accounts-set-cooldown_losses = Убытков до перерыва
accounts-set-cooldown_minutes = Длина перерыва
accounts-set-market_action = При опасности на рынке
accounts-set-gap_percent = Гэп цены
accounts-set-spread_times = Широкий спред
accounts-set-closing_minutes = Перед паузой рынка
accounts-set-news_minutes = Перед новостями
accounts-about-risk_percent = Какую часть средств сделка теряет, когда срабатывает её стоп.
accounts-about-fixed_lots = Столько лотов в каждой сделке, каким бы ни был стоп, вместо доли средств.
accounts-about-max_lots = Ни одна сделка не будет больше этого объёма.
accounts-about-max_open_risk_percent = Сколько потеряли бы все открытые сделки вместе, если бы сейчас сработали все стопы.
accounts-about-drawdown_limit_percent = При таком падении от максимума на счёте закрывается всё. Лимит – это условие срабатывания, а не гарантия.
accounts-about-daily_loss_percent = После такого убытка с полуночи брокера на счёте закрывается всё.
accounts-about-max_open_trades = Сделки, открытые одновременно, вместе с отложенными и открытыми вручную.
accounts-about-max_per_day = Сделки, начатые за один день (UTC).
accounts-about-max_drift_pips = Как далеко цена может уйти от той, что вы одобрили.
accounts-about-plan = Если целей несколько: одна позиция с первой целью или лоты, разделённые на все.
accounts-about-hours = Когда разрешены новые сделки. Открытое защищено в любое время.
accounts-about-countdown_s = Сколько защита ждёт от срабатывания лимита до закрытия; за это время владелец может закрытие задержать.
accounts-about-cooldown_losses = После скольких убытков подряд новые сделки какое-то время не открываются.
accounts-about-cooldown_minutes = Сколько времени после убытков подряд новые сделки не открываются.
accounts-about-market_action = Что делать, когда открытой позиции грозит гэп, широкий спред, застывшие цены, пауза рынка или новости: сообщить вам, перенести стоп в безубыток, если он станет ближе, или закрыть.
accounts-about-gap_percent = Скачок между двумя ценами, который считается гэпом.
accounts-about-spread_times = Во сколько раз шире обычного спред уже слишком широк.
accounts-about-closing_minutes = За сколько до выходных или паузы от четырёх часов действует рыночная защита.
accounts-about-news_minutes = За сколько до окна новостного календаря действует рыночная защита.
accounts-now = Сейчас: <b>{ $value }</b>
accounts-range = Допустимо: от { $least } до { $most }
accounts-value-pips = { $n ->
    [one] { $amount } пипс
    [few] { $amount } пипса
    [many] { $amount } пипсов
   *[other] { $amount } пипса
}
accounts-value-none = без лимита
accounts-value-no-rest = без перерыва
accounts-value-by-risk = нет (по риску)
accounts-plan-first_target = первая цель
accounts-plan-split = разделить
accounts-value-times = × { $amount }
accounts-value-seconds = { $n ->
    [one] { $amount } секунда
    [few] { $amount } секунды
    [many] { $amount } секунд
   *[other] { $amount } секунды
}
accounts-value-minutes = { $n ->
    [one] { $amount } минута
    [few] { $amount } минуты
    [many] { $amount } минут
   *[other] { $amount } минуты
}
accounts-market-alert = сообщить
accounts-market-break_even = в безубыток
accounts-market-close = закрыть
accounts-hours-always = в любое время
accounts-hours-window = { $opens }–{ $closes } { $days } ({ $zone })
accounts-hours-except = { $n ->
    [one] { $window }, кроме { $n } дня
    [few] { $window }, кроме { $n } дней
    [many] { $window }, кроме { $n } дней
   *[other] { $window }, кроме { $n } дня
}
accounts-button-type = Другое значение …
accounts-ask-value = Напишите новое значение для «{ $setting }». { $range }.
accounts-ask-hours = Напишите часы, дни и часовой пояс, например <code>08:00-17:00 mon-fri Europe/London</code>. Дни и пояс можно не указывать.
accounts-bad-number = Напишите число, например 0.5.
accounts-bad-hours = Напишите часы так: 08:00-17:00 mon-fri Europe/London
accounts-confirm-title = Изменить риск счёта { $label }?
accounts-confirm-what = { $setting }: { $before } → <b>{ $after }</b>
accounts-confirm-breach = 🆘 <b>Просадка сейчас { $percent }: с таким лимитом на счёте сразу закроется всё.</b>
accounts-confirm-looser = ⚠️ Защита тогда сработает позже. Владелец деска будет извещён.
accounts-button-set = Да, изменить
accounts-changed = ✅ Готово. Действует с этой минуты.
accounts-stale = Тем временем это изменилось; вот что действует сейчас.

## Что узнают владельцы

accounts-told-linked-paper = Учебный счёт открыл трейдер { $name }. Счёт под наблюдением и защитой.
accounts-told-linked-mt5 = Счёт подключил трейдер { $name }. Счёт под наблюдением и защитой.
accounts-told-unlinked = Счёт отключил трейдер { $name }: ничего не было открыто. Наблюдения больше нет.
accounts-told-loosened = Трейдер { $name } изменил «{ $setting }»: { $before } → { $after }.
