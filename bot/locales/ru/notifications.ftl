### /alerts, тихие часы, сводка отложенного и /route.

digest-title = 🌅 За тихие часы: { $n ->
    [one] { $n } оповещение
    [few] { $n } оповещения
    [many] { $n } оповещений
   *[other] { $n } оповещения
}
digest-line = { $head }, { $time }
digest-line-times = { $head } ({ $n ->
    [one] { $n } раз
    [few] { $n } раза
    [many] { $n } раз
   *[other] { $n } раза
}, последний { $time })

alerts-title = 🔔 Ваши оповещения
alerts-legend = { $sign } { $what }
alerts-critical = Критическое звучит всегда, и ночью, и переходит к следующему, если никто не откликнулся.
alerts-quiet = 🌙 Тихие часы
alerts-no-quiet = Тихих часов нет.
alerts-quiet-from = Тихо с { $begins } до { $ends }: всё, что придёт в это время, будет в одном сообщении в конце.
alerts-always = Звучит всегда:
alerts-noted = Отмечено.
wish-always = со звуком, и в тихие часы
wish-on = со звуком, в тихие часы ждёт их конца
wish-silent = приходит без звука
wish-off = не приходит
wish-always-short = Всегда
wish-on-short = Вкл.
wish-silent-short = Тихо
wish-off-short = Выкл.
quiet-is = В тихие часы звучит только критическое и то, чему вы разрешили звучать всегда. Остальное придёт одним сообщением в конце. Сигналы приходят без звука.
quiet-zone = Ваш часовой пояс: { $zone }. Изменить: /settings
quiet-begins = С { $time }
quiet-ends = До { $time }
quiet-set = Тихо с { $begins } до { $ends }
quiet-off = Без тихих часов

family-signals = Сигналы
family-signals-is = Карточки новых сигналов. Их нельзя выключить: кто-то решает, или они истекают.
family-fills = Исполнения
family-fills-is = Ваши заявки, исполненные позже нажатия: отложенные и по постоянному одобрению.
family-closes = Закрытия
family-closes-is = Какие позиции закрыты, как и с каким результатом.
family-expiry = Истёкшие
family-expiry-is = Сигналы, истёкшие без вашего решения. На карточке это видно в любом случае.
family-orders = Заявки
family-orders-is = Отклонённые, неисполненные и неподтверждённые заявки; планы, исполненные частично.
family-divergences = Расхождения
family-divergences-is = Когда у брокера не то, чего ждёт деск. Эти сообщения обновляются, выключить их нельзя.
family-drawdown = Просадка
family-drawdown-is = Насколько счёт близок к лимитам и видит ли его защита.
family-liquidation = Закрытие всего
family-liquidation-is = Когда на лимите закрывается всё на счёте.
family-market = Рынок
family-market-is = Гэпы, широкие спреды, замершие цены и новости, пока что-то открыто.
family-terminals = Терминалы
family-terminals-is = Неполадки терминалов и их окончание.
family-locks = Блокировки
family-locks-is = Кто ставит на паузу, блокирует и снимает.
family-door = Незнакомцы
family-door-is = Незнакомцы, которые пишут деску.
family-desk = Деск
family-desk-is = Сам деск: запуски, ошибки, остановившиеся задачи, группы, которые больше не получают оповещений.

routes-title = 📫 Оповещения в группах
routes-none = Ни в одну группу оповещения не идут.
routes-line = • <b>{ $title }</b>: { $families }
routes-paused = 📪 Остановлено с { $time }: { $reason }
routes-add = Чтобы добавить, пригласите меня в группу и напишите там, в нужной теме: { $example }
routes-own = Владельцы получают свои оповещения и лично; изменить: /alerts
routes-resume = Попробовать снова
routes-remove = Убрать
routes-ask-remove = Больше не слать оповещения в { $title }?
routes-acts-in-private = Кнопки – в личном чате с ботом.
routes-here = 📫 Теперь сюда приходят: { $families }.
routes-how = Чтобы оповещения приходили сюда, напишите { $example } в нужной теме. Есть: { $names } или all.
