### Respuestas cortas: rechazos, pistas. Texto simple, 200 caracteres como mucho donde lo muestra un aviso.

reply-expired-button = Este botón ha caducado.
reply-private-desk = Esta es una mesa privada y no te conozco. Pregunta a su propietario si debes estar aquí.
reply-accept-first = Acepta primero el texto de riesgos: /start
reply-plain-text = Solo entiendo comandos y botones. /help los muestra.
reply-looks-secret = 🧹 Esto parecía una contraseña, así que tu mensaje se ha borrado. Ahora nadie la pide; /accounts lo hará cuando haga falta.
reply-private-chat-only = Solo hablo en privado.
reply-on-it = En ello …
reply-not-for-you = /{ $command } no es para tu rol. /help muestra lo que sí.
reply-usage = Escríbelo así: { $example }
reply-takes-nothing = /{ $command } no lleva nada detrás.
reply-unknown-command = No conozco /{ $command }. /help las muestra todas.
reply-did-you-mean = No conozco /{ $command }. ¿Quieres decir /{ $meant }?
reply-own-error = Algo falló por nuestra parte (error { $id }). No se hizo nada más; el propietario está avisado.
reply-not-your-button = Este botón no es para tu rol.
reply-blocked = Tu acceso a esta mesa está cerrado. Pregunta a su propietario.
reply-accept-new = El texto de riesgos ha cambiado. Léelo y acéptalo abajo; no se aprobó nada.
