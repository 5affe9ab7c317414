### El texto de riesgos.

consent-title = { $desk }: antes de empezar
consent-in-force = El texto de riesgos vigente
consent-execution-title = Qué se ejecuta
consent-execution = Una aprobación es una orden: la mesa la envía a tu propia cuenta de MetaTrader 5 al precio del momento. Puede ejecutarse a otro precio, en parte o no ejecutarse. Nada se envía sin tu toque, salvo que configures una aprobación permanente.
consent-limits-title = Un límite es un disparador, no una garantía
consent-limits = Los stops, los objetivos y el límite de drawdown actúan cuando se alcanza un precio. En un mercado rápido o cerrado, o sin conexión con el terminal, la pérdida puede superar el límite. En el límite la mesa cierra todo en la cuenta y bloquea entradas nuevas.
consent-stored-title = Qué se guarda
consent-stored = Tu id y nombre de Telegram, tu idioma y zona horaria; el usuario y el servidor de tu cuenta, su contraseña cifrada; tus decisiones con su hora; lo que el bróker informa de órdenes, posiciones y patrimonio. Los propietarios y administradores ven tu cuenta. /forget te entrega tus datos y los borra; las operaciones y decisiones quedan, sin tu nombre.
consent-standing-title = Las aprobaciones permanentes van aparte
consent-standing = Una aprobación permanente opera mientras duermes. Está apagada hasta que configures una para una fuente, con topes, y aceptes un texto propio. Esta aceptación no la sustituye.
consent-version = Versión { $version }. Operar con apalancamiento puede hacerte perder más de lo que esperas.
consent-accept = Lo he leído y acepto
consent-accepted = ✅ Gracias, { $name }. Has aceptado la versión { $version } del texto de riesgos.
consent-renewed = 📄 <b>El texto de riesgos ha cambiado.</b> Hasta que aceptes el nuevo no puedes aprobar señales. Lo demás sigue: lo abierto queda protegido y puedes cerrarlo.
consent-given = ✅ Aceptaste la versión { $version } el { $when }.
consent-none = Aún no has aceptado ninguna versión.
