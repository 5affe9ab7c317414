### /route: alerts to groups.

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
