### /settings, /language, /version.

language-en = inglés
language-ru = ruso
language-es = español
settings-title = Tus ajustes
settings-language-is = Idioma: { $language }
settings-zone-is = Zona horaria: { $zone }, allí son las { $time }
settings-language = 🌐 Idioma
settings-zone = 🕒 Zona horaria
settings-alerts = 🔔 Alertas
settings-accounts = 💼 Cuentas
settings-consent = 📄 Texto de riesgos
settings-forget = 🗑 Borrar mis datos
settings-back = ◀ Ajustes
settings-choose-language = Elige tu idioma
settings-language-done = ✅ Ahora te hablo en español.
settings-choose-zone = Elige tu zona horaria
settings-zone-how = Mejor por tu ciudad: así cuenta el horario de verano. O toca la diferencia con UTC.
settings-city = ✍️ Escribir mi ciudad
settings-ask-city = Escribe tu ciudad o una grande cercana: Madrid, Nueva York. O UTC+3.
settings-no-city = No conozco esa ciudad. Escribe una más grande cercana, o UTC+3.
settings-which-city = ¿Cuál de ellas?
settings-zone-done = ✅ Tu zona horaria es { $zone }, donde son las { $time }. ¿Es correcto?
version-title = Tapdesk { $version }
version-python = Python { $version }
version-database = Base de datos { $version }
version-runs = En marcha desde hace { $span }
