### Вход, приглашения и люди.

role-owner = владелец
role-admin = админ
role-trader = трейдер
role-viewer = наблюдатель

invite-welcome = 👋 Добро пожаловать в { $desk }, { $name }. Ваша роль: <b>{ $roles }</b>.
invite-unknown = Такого приглашения здесь нет. Попросите новое у того, от кого оно пришло.
invite-revoked = Это приглашение отозвано. Попросите новое у того, от кого оно пришло.
invite-expired = Срок этого приглашения истёк. Попросите новое у того, от кого оно пришло.
invite-used-up = Это приглашение уже использовано. Попросите новое у того, от кого оно пришло.
invite-in-already = Вы уже здесь, а приглашение не меняет ролей. Это может владелец или админ: /role.

join-may-ask = Можно запросить доступ; решение примет кто-то из деска.
join-ask = Запросить доступ
join-sent = Ваш запрос передан деску. Ответ придёт сюда.
join-waits = Ваш запрос ждёт решения. Ответ придёт сюда.
join-too-soon = Ваш запрос отклонён. Повторить его можно через день.
join-enough = Ваш запрос отклонён, повторить его нельзя.
join-crowded = Сейчас слишком много запросов доступа. Повторите запрос через час.
join-declined = Деск отклонил ваш запрос доступа.

knock-wrote = 👤 <b>Незнакомец написал деску</b>
knock-asks = 🙋 <b>Незнакомец просит доступ</b>
knock-who = { $name } · Telegram id { $id }
knock-hint = Это имя человек выбрал сам. Впускайте только тех, кого знаете.
knock-hint-told = Один раз в ответ сказано, что деск закрытый. Это имя человек выбрал сам.
knock-let-in-trader = ✅ Трейдером
knock-let-in-viewer = ✅ Наблюдателем
knock-ignore = Не отвечать
knock-admitted = ✅ Доступ дан, роль: { $role }. Решение: { $by }.
knock-declined = 🚫 Отказано. Решение: { $by }.
knock-ignored = Оставлено без ответа. Решение: { $by }.

invites-made = 🔗 <b>Приглашение, роль: { $role }, { $n ->
        [one] { $n } человек
        [few] { $n } человека
       *[many] { $n } человек
    }</b>
invites-until = Действует до { $until }.
invites-once = Отправьте его тому, кого зовёте: войдёт любой, у кого оно есть. Ссылка показана один раз.
invites-copy = Скопировать ссылку
invites-revoke = Отозвать
invites-all = Приглашения
invites-title = Открытые приглашения
invites-none = Открытых приглашений нет.
invites-line = № { $number } { $role } · { $left ->
        [one] остался { $left } вход
        [few] осталось { $left } входа
       *[many] осталось { $left } входов
    } · до { $until } · от { $by }
invites-how = /invite trader 3 2d: три трейдера за два дня.
invites-revoke-one = Отозвать № { $number }
invites-new-owner = Новое: владелец
invites-new-admin = Новое: админ
invites-new-trader = Новое: трейдер
invites-new-viewer = Новое: наблюдатель
invites-revoked = Приглашение № { $number } ({ $role }) отозвано. По нему больше никто не войдёт.

users-title = { $n ->
        [one] { $n } человек
        [few] { $n } человека
       *[many] { $n } человек
    }
users-count-owner = { $n ->
        [one] { $n } владелец
        [few] { $n } владельца
       *[many] { $n } владельцев
    }
users-count-admin = { $n ->
        [one] { $n } админ
        [few] { $n } админа
       *[many] { $n } админов
    }
users-count-trader = { $n ->
        [one] { $n } трейдер
        [few] { $n } трейдера
       *[many] { $n } трейдеров
    }
users-count-viewer = { $n ->
        [one] { $n } наблюдатель
        [few] { $n } наблюдателя
       *[many] { $n } наблюдателей
    }
users-blocked = доступ закрыт
users-never-here = Start ещё не нажат
users-unreachable = бот заблокирован
users-unconsented = текст о рисках не принят
users-no-role = без роли
users-roles = Роли: { $roles }
users-id = Telegram id { $id }
users-accounts = Счета: { $accounts }
users-consent = Принята версия { $version } текста о рисках.
users-no-consent = Текст о рисках ещё не принят.
users-language = Язык: { $language }, время: { $zone }
users-in-file = Есть в файле деска: при каждом запуске снова действуют роли из файла.
users-give = Дать роль: { $role }
users-take = Снять роль: { $role }
users-block = Закрыть доступ
users-unblock = Открыть доступ
users-back = ◀ Все

people-leave = Оставить как есть
roles-question = Изменить роли: { $name }?
roles-from = Сейчас: { $roles }
roles-to = Будет: { $roles }
roles-lost-trader = Ожидающие карточки отзываются. Открытые сделки остаются под защитой.
roles-in-file = ⚠️ Человек есть в файле деска: при следующем запуске снова действуют роли из файла.
roles-yes = Да, изменить
roles-done = { $name }, роли теперь: { $roles }.
block-question = Закрыть доступ: { $name }?
block-silence = Деск больше не будет отвечать.
block-cards = { $n ->
        [0] Ожидающих карточек нет.
        [one] Отзывается { $n } ожидающая карточка.
        [few] Отзываются { $n } ожидающие карточки.
       *[many] Отзываются { $n } ожидающих карточек.
    } Постоянные одобрения заканчиваются.
block-trades = { $n ->
        [0] Открытых сделок нет.
        [one] { $n } открытая сделка остаётся под защитой.
        [few] { $n } открытые сделки остаются под защитой.
       *[many] { $n } открытых сделок остаются под защитой.
    }
block-yes = Да, закрыть доступ
block-done = ⛔ Доступ закрыт: { $name }.
unblock-question = Снова открыть доступ: { $name } ({ $roles })?
unblock-yes = Да, открыть
unblock-done = ✅ Доступ снова открыт: { $name }.

person-joined = { $name }, роль: { $roles }. Приглашение: { $by }.
person-roles = { $name }, роли теперь: { $roles }. Решение: { $by }.
person-blocked = { $name }. Решение: { $by }. Открытые сделки остаются под защитой.
person-unblocked = { $name }. Решение: { $by }.
person-forgotten = По своему желанию человек больше здесь не известен. В записях это { $name }.
