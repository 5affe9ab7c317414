### Aprobaciones permanentes.

standing-title = Aprobaciones permanentes
standing-none = Ninguna. Con una, la mesa aprueba por ti las señales de una fuente cuando llegan, dentro de tus topes, mientras duermes. Sin ella cada señal espera tu toque.
standing-number = N.º { $number }
standing-where = Fuente { $source } · cuenta { $account }
standing-caps-lots = Como mucho { $lots } por operación
standing-caps-day = { $n ->
    [one] Como mucho 1 operación al día; cada parte de un plan es una
   *[other] Como mucho { $n } operaciones al día; cada parte de un plan es una
}
standing-caps-risk = Como mucho { $percent } del patrimonio en riesgo con todo lo abierto
standing-caps-days = { $n ->
    [one] Durante 1 día
   *[other] Durante { $n } días
}
standing-until = Hasta { $until } · hoy { $taken } de { $most } tomadas
standing-choose = ¿De qué fuente?
standing-no-source = La mesa aún no tiene fuentes.
standing-draft-title = Aprobación permanente de { $source }
standing-draft = Toca un tope para cambiarlo. Nada entra en vigor hasta que hayas leído y aceptado el texto.
standing-holds = ✅ La aprobación permanente n.º { $number } está en vigor desde ahora.
standing-revoked = La aprobación permanente n.º { $number } está revocada. Cada señal vuelve a esperar tu toque.
standing-dropped = No se ha configurado nada.

## The text that is accepted

standing-consent-title = Lo que apruebas de antemano
standing-consent-what = Mientras está en vigor, la mesa opera en esta cuenta cada señal nueva de esta fuente sin preguntarte, al precio del momento y con el tamaño de tus ajustes. Tus límites, bloqueos, horarios y el desvío del precio se comprueban como al tocar; una señal que un tope o una comprobación impide llega como tarjeta normal. Si tu plan reparte los lotes entre varios objetivos, cada parte es una operación del día.
standing-consent-risk = Puedes estar durmiendo cuando opera y cuando pierde. Los stops y los límites son disparadores, no garantías: una pérdida puede superar el dinero en riesgo. Una fuente que iba bien puede ir mal de un día para otro.
standing-consent-end = Termina al cumplirse su plazo, cuando la revocas, cuando cambia un texto que aceptaste, cuando te quitan el rol o se desvincula la cuenta, y cuando la protección bloquea la cuenta. /standing la muestra y la revoca en cualquier momento.
standing-consent-version = Versión { $version } de este texto; se guarda con la hora de tu aceptación.

## Buttons

standing-open = 🤖 Aprobación permanente
standing-open-of = 🤖 Aprobación permanente de { $source }
standing-new = ➕ Nueva
standing-revoke = Revocar la n.º { $number }
standing-turn-account = Cuenta: { $account } ›
standing-turn-lots = Lotes por operación: { $lots } ›
standing-turn-day = Operaciones al día: { $n } ›
standing-turn-risk = Riesgo abierto: { $percent } ›
standing-turn-days = Días: { $n } ›
standing-read = Leer y aceptar …
standing-accept = Lo he leído y acepto
