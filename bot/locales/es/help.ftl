### Lo que puedes hacer aquí.

help-owner = Diriges esta mesa: recibes sus alertas, puedes retener un cierre y desbloquear cuentas.
help-admin = Ayudas a dirigir la mesa: ves todas las cuentas y puedes pausar la operativa.
help-trader = Las señales llegan aquí como tarjetas. Al tocar «Aprobar», la señal se opera en tu propia cuenta.
help-viewer = Ves toda la mesa y no cambias nada.
help-command = { $form } – { $what }
help-family-trade = Operar
help-family-look = Mirar
help-family-run = Dirigir la mesa
help-family-self = Tú

## Los primeros pasos, por rol

first-title = Qué hacer ahora
first-owner = Diriges esta mesa.
    1. /invite crea un enlace para cada trader, administrador u observador.
    2. /sources muestra de dónde llegan las señales y cuáles están en pausa.
    3. /alerts dice qué alertas recibes y cuándo duermes.
first-admin = Ayudas a dirigir esta mesa.
    1. /users muestra quién está aquí; /invite deja entrar a traders y observadores.
    2. /signal envía una señal tuya, tras una vista previa.
    3. /status muestra todas las cuentas de un vistazo.
first-trader = Las señales llegan aquí como tarjetas. <b>Primero vincula una cuenta</b>: una simulada, con dinero ficticio, está lista al momento; la tuya en un bróker necesita su usuario, su servidor y su contraseña.
    Desde entonces, cada señal llega con los lotes y el dinero en riesgo para esa cuenta. No se opera nada antes de que toques «Aprobar».
first-linked = Las señales llegan aquí como tarjetas, con los lotes y el dinero en riesgo para tu cuenta. No se opera nada antes de que toques «Aprobar».
    1. /status queda arriba en el chat y muestra cómo vas.
    2. /accounts muestra tu cuenta; mira primero su riesgo.
    3. /alerts dice qué alertas recibes y cuándo duermes.
first-viewer = Ves toda la mesa y no cambias nada.
    1. /status muestra todas las cuentas de un vistazo.
    2. /signals muestra lo que ha llegado y qué fue de ello.
    3. /performance muestra cómo ha ido.
first-help = Todo lo que puedes hacer aquí: /help
first-do-invite = Invitar
first-do-sources = Fuentes
first-do-alerts = Alertas
first-do-users = Personas
first-do-signal = Nueva señal
first-do-status = Estado
first-do-accounts = Cuentas
first-do-signals = Señales
first-do-performance = Resultados
