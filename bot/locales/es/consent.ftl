### El texto de riesgos.

consent-title = { $desk }: antes de empezar
consent-execution-title = Qué se ejecuta
consent-execution =
    Una aprobación es una orden: la mesa la envía a tu propia cuenta de MetaTrader 5 al precio del momento. Puede
    ejecutarse a otro precio, en parte o no ejecutarse.
consent-limits-title = Qué es un límite
consent-limits =
    Los stops, los objetivos y el límite de caída son disparadores, no promesas: en un mercado rápido o cerrado la
    pérdida puede superar el límite. En el límite la mesa cierra todo en la cuenta y bloquea entradas nuevas.
consent-stored-title = Qué se guarda
consent-stored =
    Se guardan tu id y nombre de Telegram, el login y el servidor de tu cuenta, su contraseña cifrada, tus
    decisiones con su hora, y lo que el bróker informa de órdenes, posiciones y patrimonio.
consent-version = Versión { $version }. Operar con apalancamiento puede perder más de lo que esperas.
consent-accept = Lo he leído y acepto
consent-accepted = ✅ Gracias, { $name }. Has aceptado la versión { $version } del texto de riesgos.
