### Короткие ответы: отказы, подсказки. Простой текст, не длиннее 200 знаков во всплывающем окне.

reply-expired-button = Эта кнопка больше не действует.
reply-private-desk = Это закрытый деск, и я вас не знаю. Если вам сюда нужно, спросите владельца.
reply-accept-first = Сначала примите текст о рисках: /start
reply-plain-text = Я понимаю только команды и кнопки. Список: /help
reply-private-chat-only = Я отвечаю только в личных сообщениях.
reply-on-it = Выполняю …
reply-not-for-you = /{ $command } не для вашей роли. Доступное: /help
reply-usage = Напишите так: { $example }
reply-takes-nothing = После /{ $command } ничего не пишут.
reply-unknown-command = Команды /{ $command } нет. Все команды: /help
reply-did-you-mean = Команды /{ $command } нет. Может быть, /{ $meant }?
reply-own-error = Ошибка на нашей стороне (номер { $id }). Больше ничего не сделано; владелец извещён.
reply-not-your-button = Эта кнопка не для вашей роли.
reply-blocked = Ваш доступ к этому деску закрыт. Спросите владельца.
reply-accept-new = Текст о рисках изменился. Прочитайте и примите его ниже; ничего не одобрено.
