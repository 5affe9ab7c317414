### /settings, /language, /version.

language-en = английский
language-ru = русский
language-es = испанский
settings-title = Ваши настройки
settings-language-is = Язык: { $language }
settings-zone-is = Часовой пояс: { $zone }, там сейчас { $time }
settings-language = 🌐 Язык
settings-zone = 🕒 Часовой пояс
settings-alerts = 🔔 Оповещения
settings-accounts = 💼 Счета
settings-consent = 📄 Текст о рисках
settings-forget = 🗑 Стереть мои данные
settings-back = ◀ Настройки
settings-choose-language = Выберите язык
settings-language-done = ✅ Теперь я говорю с вами по-русски.
settings-choose-zone = Выберите часовой пояс
settings-zone-how = Лучше по городу: тогда учитывается летнее время. Или выберите разницу с UTC.
settings-city = ✍️ Написать город
settings-ask-city = Напишите название вашего города или крупного города рядом: Москва, Нью-Йорк. Или UTC+3.
settings-no-city = Такого города я не знаю. Напишите крупный город рядом или UTC+3.
settings-which-city = Какой из них?
settings-zone-done = ✅ Ваш часовой пояс: { $zone }, там сейчас { $time }. Верно?
version-title = Tapdesk { $version }
version-python = Python { $version }
version-database = База данных { $version }
version-runs = Работает { $span }
