### /settings, /language, /version.

language-en = English
language-ru = Russian
language-es = Spanish
settings-title = Your settings
settings-language-is = Language: { $language }
settings-zone-is = Time zone: { $zone }, where it is { $time }
settings-language = 🌐 Language
settings-zone = 🕒 Time zone
settings-alerts = 🔔 Alerts
settings-accounts = 💼 Accounts
settings-consent = 📄 Risk text
settings-forget = 🗑 Forget me
settings-back = ◀ Settings
settings-choose-language = Choose your language
settings-language-done = ✅ I speak English with you now.
settings-choose-zone = Choose your time zone
settings-zone-how = Best by your city: that follows summer time. Or tap the distance from UTC.
settings-city = ✍️ Type your city
settings-ask-city = Write the name of your city, or of a large one near you: Madrid, New York. Or UTC+3.
settings-no-city = I do not know that city. Write a larger one near you, or UTC+3.
settings-which-city = Which one is meant?
settings-zone-done = ✅ Your time zone is { $zone }, where it is { $time } now. Is that right?
version-title = Tapdesk { $version }
version-python = Python { $version }
version-database = Database { $version }
version-runs = Running for { $span }
