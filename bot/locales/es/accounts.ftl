### Cuentas: la lista, cada cuenta con sus botones, el asistente para vincularlas, su riesgo.

accounts-title = Cuentas
accounts-none = Todavía no hay ninguna cuenta vinculada.
accounts-money = Saldo { $balance } · patrimonio { $equity }
accounts-drawdown = Drawdown { $percent } de { $limit }
accounts-unread = Aún sin datos.
accounts-state-watched = vigilada
accounts-state-paused = en pausa
accounts-state-locked = bloqueada
accounts-state-closing = cerrándose
accounts-state-unreachable = inaccesible
accounts-state-unread = a la espera de los primeros datos
accounts-login = { $login } en { $server }
accounts-leverage = apalancamiento 1:{ $leverage }
accounts-mode-netting = netting
accounts-mode-exchange = netting de bolsa
accounts-mode-hedging = hedging
accounts-positions = { $n ->
    [0] sin posiciones
    [one] { $n } posición
   *[other] { $n } posiciones
}
accounts-orders = { $n ->
    [0] sin órdenes pendientes
    [one] { $n } orden pendiente
   *[other] { $n } órdenes pendientes
}
accounts-of-desk-file = Su nombre, su riesgo y sus símbolos se fijan en el archivo de la mesa.

accounts-button-link = ➕ Vincular una cuenta
accounts-button-risk = 📐 Riesgo
accounts-button-pause = ⏸ Pausar entradas
accounts-button-resume = ▶️ Reanudar entradas
accounts-button-rename = ✏️ Nombre
accounts-button-symbols = 🔤 Símbolos
accounts-button-unlink = Desvincular …
accounts-button-renew = 🔑 Contraseña nueva
accounts-button-all = ‹ Cuentas
accounts-button-keep = Conservarla

## Pausa, nombre, símbolos

accounts-paused = Entradas en pausa. Lo abierto sigue abierto y protegido.
accounts-resumed = Las entradas vuelven a estar abiertas.
accounts-ask-name = ¿Cómo se va a llamar <b>{ $label }</b>? Escribe un nombre de 1 a { $most } caracteres.
accounts-renamed = ✅ Ahora se llama <b>{ $label }</b>.
accounts-symbols-title = Símbolos de { $label }
accounts-symbols-none = Ninguna fuente tiene instrumentos todavía.
accounts-symbol-found = { $instrument } → <b>{ $symbol }</b>
accounts-symbol-missing = ⚠️ { $instrument }: no se encuentra ningún símbolo de este bróker; sus señales no se pueden operar.
accounts-symbol-unasked = { $instrument }: se buscará cuando responda el terminal.
accounts-symbols-hint = Toca un instrumento para escribir el nombre que le da el bróker.
accounts-ask-symbol = ¿Cómo llama tu bróker a <b>{ $instrument }</b>? Escribe el nombre tal como aparece en Observación del Mercado.
accounts-pinned = ✅ { $instrument } se opera como <b>{ $symbol }</b> en { $label }.

## Desvincular

accounts-unlink-question = ¿Desvincular <b>{ $label }</b>?
accounts-unlink-money = Saldo { $balance }, nada abierto, nada en camino.
accounts-unlink-cards = { $n ->
    [one] Se retira { $n } señal que espera tu decisión.
   *[other] Se retiran { $n } señales que esperan tu decisión.
}
accounts-unlink-what = La mesa deja de vigilarla y borra su contraseña. Su historial se conserva. En el bróker no cambia nada.
accounts-unlink-sure = Desvincular { $label }
accounts-unlinked = ✅ <b>{ $label }</b> está desvinculada y su contraseña, borrada. Su historial se conserva.

## Lo que lo impide

accounts-refused-desk-file = Esta cuenta está en el archivo de la mesa y se cambia allí.
accounts-refused-linked = Esta cuenta ya está vinculada a la mesa.
accounts-refused-linked-by-you = Ya has vinculado esta cuenta: { $account }.
accounts-refused-name-taken = Otra cuenta, una fuente o un instrumento de la mesa ya tiene este nombre o uno muy parecido. Elige otro.
accounts-refused-name-form = Un nombre tiene de 1 a { $most } caracteres en una sola línea, con letras o cifras entre ellos.
accounts-refused-name-spaces = Entre dos palabras de un nombre va un solo espacio, y ninguno antes ni después.
accounts-refused-name-kind = Un nombre no puede empezar por «{ $word }»: en los comandos esa palabra significa otra cosa. Cualquier otra primera palabra sirve.
accounts-refused-name-span = Un nombre no puede llevar «{ $word }» detrás de su primera palabra: en los comandos sería un plazo. Sí puede empezar así.
accounts-refused-name-begins = Un nombre no puede empezar por «{ $word }»: en la mesa ya hay algo que se llama así y los comandos los confundirían. Empieza por otra palabra.
accounts-refused-too-many-accounts = { $most ->
    [one] Aquí cada trader puede vincular { $most } cuenta. Desvincúlala primero.
   *[other] Aquí cada trader puede vincular { $most } cuentas. Desvincula una primero.
}
accounts-refused-no-terminal = No hay ningún terminal libre para otra cuenta. Pide al propietario de la mesa que añada uno.
accounts-refused-terminal-busy = Este terminal está ocupado ahora mismo. Inténtalo de nuevo dentro de unos minutos.
accounts-refused-too-many-tries = Demasiadas contraseñas erróneas. Espera { $minutes } minutos: algunos brókeres bloquean la cuenta tras más intentos.
accounts-refused-rejected = El bróker no acepta este usuario con esta contraseña en este servidor. Revisa los tres; la contraseña es la principal, no la de inversor.
accounts-refused-one-time-password = El bróker pide una contraseña de un solo uso o un certificado; una cuenta así no se puede vincular.
accounts-refused-paper = Una cuenta simulada no tiene contraseña que cambiar.
accounts-refused-investor = Esta es la contraseña de inversor: solo permite mirar, no abrir ni cerrar nada. Hace falta la principal.
accounts-refused-closing = Sus posiciones se están cerrando ahora mismo. Cuando termine, se podrá cambiar la contraseña.
accounts-refused-wrong-account = Ha respondido otra cuenta u otro terminal. No se ha cambiado nada; pide al propietario de la mesa que revise el terminal.
accounts-refused-timed-out = El terminal no ha respondido a tiempo. No se ha cambiado nada; inténtalo dentro de unos minutos.
accounts-refused-unreachable = Ahora mismo no se puede acceder al terminal, o no tiene conexión con este servidor. Revisa el nombre del servidor e inténtalo de nuevo.
accounts-refused-not-flat = Hay algo abierto en esta cuenta: { $positions } posiciones, { $orders } órdenes pendientes. Ciérralo todo primero.
accounts-refused-under-way = Órdenes en camino: { $orders }. Espera a que se resuelvan e inténtalo de nuevo.
accounts-refused-locked = La cuenta está bloqueada, o sus posiciones se están cerrando. Antes tiene que desbloquearla el propietario de la mesa.
accounts-refused-unreadable = El terminal no responde ahora mismo, así que no se sabe si hay algo abierto. Inténtalo más tarde.
accounts-refused-bound = La protección ha bloqueado esta cuenta o la está cerrando. Hasta que termine, los límites se pueden endurecer, pero no relajar.
accounts-refused-near = El drawdown es ahora del { $percent } %, y con el { $most } % se cierra todo. Tan cerca, solo un propietario puede relajar ese límite o alargar la cuenta atrás.
accounts-refused-near-today = La pérdida del día es ahora del { $percent } %, y con el { $most } % se cierra todo. Tan cerca, solo un propietario puede relajar ese límite o alargar la cuenta atrás.
accounts-refused-ceiling = El propietario de la mesa permite como máximo { $most } para «{ $setting }».
accounts-refused-floor = El propietario de la mesa pide como mínimo { $most } para «{ $setting }».
accounts-refused-out-of-range = Esto queda fuera de lo permitido para «{ $setting }».
accounts-refused-too-large = «{ $setting }» sería más de lo que admite «{ $limit }»: no pasaría ninguna operación.
accounts-refused-no-symbol = El bróker de esta cuenta no tiene el símbolo { $symbol }.
accounts-refused-open = Hay algo abierto en esta cuenta. Ciérralo primero; después se pueden cambiar sus símbolos.

## El asistente

accounts-link-kind = <b>Vincular una cuenta</b>

    <b>Simulada</b>: dinero ficticio con las reglas del mercado real, lista al momento.
    <b>MetaTrader 5</b>: tu propia cuenta en un bróker, demo o real. Necesitas su usuario, su servidor y su contraseña principal.
accounts-link-paper = Simulada
accounts-link-mt5 = MetaTrader 5
accounts-link-paper_name = ¿Cómo se va a llamar la cuenta simulada? Escribe un nombre de 1 a { $most } caracteres.
accounts-link-paper_balance = ¿Con cuánto dinero ficticio empieza? Escribe una cantidad en USD, de { $least } a { $most }.
accounts-link-bad-balance = Escribe una cantidad entre { $least } y { $most }, por ejemplo 10000.
accounts-link-terminal = ¿Qué terminal va a atender la cuenta? Cada uno atiende una.
accounts-link-login = Escribe el <b>usuario</b> de la cuenta: el número que te dio el bróker.
accounts-link-bad-login = El usuario es un número de 1 a 18 cifras. Escribe solo cifras.
accounts-link-server = Escribe el <b>servidor</b> tal como lo muestra el terminal, por ejemplo MetaQuotes-Demo.
accounts-link-bad-server = El nombre de un servidor tiene de 2 a 64 letras, cifras, espacios, puntos o guiones, por ejemplo MetaQuotes-Demo.
accounts-link-password = Escribe la <b>contraseña principal</b> de { $login } en { $server }.

    Tu mensaje se borra al momento. La contraseña se guarda cifrada, y solo después de que veas lo que se ha encontrado y digas que sí; no se muestra a nadie.
accounts-link-bad-password = Una contraseña tiene de 1 a 64 caracteres, como texto. Escríbela otra vez.
accounts-link-looks-secret = 🧹 Esto parecía una contraseña, así que tu mensaje se ha borrado. Se pedirá más adelante.
accounts-link-delete-it = ⚠️ No se ha podido borrar tu mensaje. Bórralo tú ahora: puede contener una contraseña.
accounts-link-checking = 🔎 Entrando en { $login } en { $server } … Si antes hay que arrancar el terminal, tarda hasta dos minutos.
accounts-link-again = Lo encontrado se guarda solo diez minutos, y no sobrevive a un reinicio de la mesa. Escribe la contraseña otra vez.
accounts-link-cancelled = No se ha vinculado nada.
accounts-link-over = Esta pregunta ya no es válida. /accounts muestra lo que hay.
accounts-link-lapsed = 🧹 Tu mensaje se ha borrado, porque podía contener una contraseña. La pregunta caduca al cabo de un día; para empezar de nuevo: /accounts
accounts-renew-ask = Escribe la <b>nueva contraseña principal</b> de { $login } en { $server }.

    Tu mensaje se borra al instante. La contraseña se prueba primero en el terminal; la antigua se conserva hasta que veas el resultado y lo confirmes.
accounts-renew-yes = Usar esta contraseña
accounts-renew-cancelled = No se ha cambiado nada: se conserva la contraseña anterior.
accounts-renewed = ✅ <b>{ $label }</b> ya tiene su nueva contraseña; la mesa entra con ella.
accounts-found-title = ✅ Los datos de acceso son correctos. Se ha encontrado:
accounts-found-owner = Nombre: { $name }
accounts-found-live = ⚠️ <b>Es una cuenta real: las señales que apruebes operan con dinero de verdad.</b>
accounts-found-may = Operar está permitido.
accounts-found-may-not = ⚠️ Todavía no se puede operar: { $why }
accounts-found-open = Abierto ahora: { $positions }, { $orders }. Quedará vigilado y protegido.
accounts-found-symbols = Instrumentos: { $found }
accounts-found-missing = ⚠️ No se encuentran en este bróker: { $missing }. Sus señales no se pueden operar hasta que indiques el símbolo.
accounts-link-yes = Vincularla
accounts-linked = ✅ <b>{ $label }</b> está vinculada y vigilada desde ahora.
accounts-linked-next = Revisa su riesgo antes de la primera señal: { $size } por operación, límite de drawdown { $limit }. La próxima señal llegará aquí como tarjeta, con sus lotes para esta cuenta; se opera cuando la apruebes.
accounts-linked-risk = 📐 Ajustes de riesgo
accounts-linked-status = 📊 Estado

## Riesgo

accounts-risk-title = Riesgo de { $label }
accounts-group-size = Tamaño de una operación
accounts-group-entries = Operaciones nuevas
accounts-group-guard = Protección de drawdown
accounts-group-market = Protección de mercado
accounts-set-risk_percent = Riesgo por operación
accounts-set-fixed_lots = Lotes fijos
accounts-set-max_lots = Operación máxima
accounts-set-max_open_risk_percent = Límite de riesgo abierto
accounts-set-max_open_lots = Lotes en total
accounts-set-drawdown_limit_percent = Límite de drawdown
accounts-set-daily_loss_percent = Límite de pérdida diaria
accounts-set-max_open_trades = Operaciones a la vez
accounts-set-max_per_day = Operaciones al día
accounts-set-max_drift_pips = Desvío del precio
accounts-set-plan = Varios objetivos
accounts-set-hours = Horario de operación
accounts-set-countdown_s = Cuenta atrás
accounts-set-cooldown_losses = Pérdidas hasta el descanso
accounts-set-cooldown_minutes = Duración del descanso
accounts-set-market_action = Con peligro en el mercado
accounts-set-gap_percent = Hueco de precio
accounts-set-spread_times = Spread ancho
accounts-set-closing_minutes = Antes de la pausa del mercado
accounts-set-news_minutes = Antes de las noticias
accounts-about-risk_percent = Qué parte del patrimonio pierde una operación cuando salta su stop.
accounts-about-fixed_lots = Tantos lotes en cada operación, sea cual sea su stop, en lugar de una parte del patrimonio.
accounts-about-max_lots = Ninguna operación será mayor que esto.
accounts-about-max_open_risk_percent = Lo que perderían todas las operaciones abiertas si ahora saltaran todos los stops.
accounts-about-drawdown_limit_percent = A esta distancia de su máximo se cierra todo en la cuenta. Un límite es un disparador, no una garantía.
accounts-about-daily_loss_percent = Tras una pérdida así desde la medianoche del bróker se cierra todo en la cuenta.
accounts-about-max_open_trades = Operaciones abiertas al mismo tiempo, contando las pendientes y las manuales.
accounts-about-max_per_day = Operaciones que se abren en un día (UTC).
accounts-about-max_drift_pips = Cuánto puede haberse alejado el precio de lo que aprobaste.
accounts-about-plan = Con varios objetivos: una posición con el primero, o los lotes repartidos entre todos.
accounts-about-hours = Cuándo se permiten operaciones nuevas. Lo abierto está protegido a cualquier hora.
accounts-about-countdown_s = Cuánto espera la protección entre el límite y el cierre; mientras tanto, un propietario puede retenerlo.
accounts-about-cooldown_losses = Tras cuántas pérdidas seguidas no se abre nada nuevo durante un tiempo.
accounts-about-cooldown_minutes = Cuánto tiempo no se abre nada nuevo tras pérdidas seguidas.
accounts-about-market_action = Qué se hace cuando un hueco, un spread ancho, precios parados, una pausa del mercado o noticias amenazan una posición abierta: avisarte, mover su stop al punto de equilibrio si así queda más ajustado, o cerrarla.
accounts-about-gap_percent = Un salto entre dos precios que cuenta como hueco.
accounts-about-spread_times = Cuántas veces el spread habitual ya es demasiado.
accounts-about-closing_minutes = Con cuánta antelación a un fin de semana o a una pausa de cuatro horas o más actúa la protección de mercado.
accounts-about-news_minutes = Con cuánta antelación a una ventana del calendario de noticias actúa la protección de mercado.
accounts-now = Ahora: <b>{ $value }</b>
accounts-range = Permitido: de { $least } a { $most }
accounts-value-pips = { $n ->
    [one] { $amount } pip
   *[other] { $amount } pips
}
accounts-value-none = sin límite
accounts-value-no-rest = sin descanso
accounts-value-by-risk = no (por riesgo)
accounts-plan-first_target = primer objetivo
accounts-plan-split = repartir
accounts-value-times = × { $amount }
accounts-value-seconds = { $n ->
    [one] { $amount } segundo
   *[other] { $amount } segundos
}
accounts-value-minutes = { $n ->
    [one] { $amount } minuto
   *[other] { $amount } minutos
}
accounts-market-alert = avisar
accounts-market-break_even = a equilibrio
accounts-market-close = cerrar
accounts-hours-always = a cualquier hora
accounts-hours-window = { $opens }–{ $closes } { $days } ({ $zone })
accounts-hours-except = { $n ->
    [one] { $window }, salvo { $n } día
   *[other] { $window }, salvo { $n } días
}
accounts-button-type = Escribir otro …
accounts-ask-value = Escribe el nuevo valor de «{ $setting }». { $range }.
accounts-ask-hours = Escribe las horas, los días y la zona, por ejemplo <code>08:00-17:00 mon-fri Europe/London</code>. Los días y la zona se pueden omitir.
accounts-bad-number = Escribe un número, por ejemplo 0.5.
accounts-bad-hours = Escribe el horario así: 08:00-17:00 mon-fri Europe/London
accounts-confirm-title = ¿Cambiar el riesgo de { $label }?
accounts-confirm-what = { $setting }: { $before } → <b>{ $after }</b>
accounts-confirm-breach = 🆘 <b>El drawdown es ahora { $percent }: con este límite se cierra al momento todo en la cuenta.</b>
accounts-confirm-looser = ⚠️ La protección cerrará más tarde. Se avisa al propietario de la mesa.
accounts-button-set = Sí, cambiarlo
accounts-changed = ✅ Hecho. Rige desde ahora.
accounts-stale = Esto ha cambiado mientras tanto; aquí está lo que rige ahora.

## Lo que se dice a los propietarios

accounts-told-linked-paper = { $name } ha abierto esta cuenta simulada. Está vigilada y protegida.
accounts-told-linked-mt5 = { $name } ha vinculado esta cuenta. Está vigilada y protegida.
accounts-told-unlinked = { $name } la ha desvinculado: no había nada abierto. Ya no se vigila.
accounts-told-loosened = { $name } ha cambiado «{ $setting }»: { $before } → { $after }.
