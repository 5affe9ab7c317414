### La puerta, las invitaciones y quién está aquí.

role-owner = propietario
role-admin = administrador
role-trader = trader
role-viewer = observador

invite-welcome = 👋 Te damos la bienvenida a { $desk }, { $name }. Tu rol: <b>{ $roles }</b>.
invite-unknown = Esta invitación no existe aquí. Pide una nueva a quien te la envió.
invite-revoked = Esta invitación está revocada. Pide una nueva a quien te la envió.
invite-expired = Esta invitación ha caducado. Pide una nueva a quien te la envió.
invite-used-up = Esta invitación ya se ha usado. Pide una nueva a quien te la envió.
invite-in-already = Ya estás aquí, y una invitación no cambia roles. Lo puede hacer un propietario o administrador: /role.

join-may-ask = Puedes pedir acceso; alguien de la mesa decidirá.
join-ask = Pedir acceso
join-sent = La mesa tiene tu solicitud. La respuesta llegará aquí.
join-waits = Tu solicitud espera una decisión. La respuesta llegará aquí.
join-too-soon = Tu solicitud fue rechazada. Puedes pedir acceso de nuevo un día después.
join-enough = Tu solicitud fue rechazada y no puedes repetirla.
join-crowded = Ahora mismo hay demasiadas solicitudes de acceso. Vuelve a pedirlo dentro de una hora.
join-declined = La mesa ha rechazado tu solicitud de acceso.

knock-wrote = 👤 <b>Un desconocido escribió a la mesa</b>
knock-asks = 🙋 <b>Un desconocido pide acceso</b>
knock-who = { $name } · id de Telegram { $id }
knock-hint = El nombre lo eligió esa persona. Deja entrar solo a quien conozcas.
knock-hint-told = Se le dijo una vez que la mesa es privada. El nombre lo eligió esa persona.
knock-let-in-trader = ✅ Como trader
knock-let-in-viewer = ✅ Como observador
knock-ignore = Ignorar
knock-admitted = ✅ { $by } le dio acceso como { $role }.
knock-declined = 🚫 { $by } dijo que no.
knock-ignored = { $by } lo ignora.

invites-made =
    🔗 <b>Una invitación para { $n ->
        [one] un { $role }
       *[other] { $n } personas, como { $role }
    }</b>
invites-until = Válida hasta el { $until }.
invites-once = Envíala solo a quien quieras invitar: quien la tenga puede entrar. Se muestra solo esta vez.
invites-copy = Copiar el enlace
invites-revoke = Revocar
invites-all = Invitaciones
invites-title = Invitaciones abiertas
invites-none = No hay invitaciones abiertas.
invites-line = N.º { $number } { $role } · { $left ->
        [one] queda un uso
       *[other] quedan { $left } usos
    } · hasta el { $until } · de { $by }
invites-how = /invite trader 3 2d: tres traders en dos días.
invites-revoke-one = Revocar n.º { $number }
invites-new-owner = Nueva: propietario
invites-new-admin = Nueva: administrador
invites-new-trader = Nueva: trader
invites-new-viewer = Nueva: observador
invites-revoked = La invitación n.º { $number } ({ $role }) está revocada. Nadie más entra con ella.

users-title = { $n ->
        [one] Una persona
       *[other] { $n } personas
    }
users-count-owner = { $n ->
        [one] un propietario
       *[other] { $n } propietarios
    }
users-count-admin = { $n ->
        [one] un administrador
       *[other] { $n } administradores
    }
users-count-trader = { $n ->
        [one] un trader
       *[other] { $n } traders
    }
users-count-viewer = { $n ->
        [one] un observador
       *[other] { $n } observadores
    }
users-blocked = sin acceso
users-never-here = aún no ha pulsado Start
users-unreachable = ha bloqueado el bot
users-unconsented = no ha aceptado el texto de riesgos
users-no-role = sin rol
users-roles = Roles: { $roles }
users-id = Id de Telegram { $id }
users-accounts = Cuentas: { $accounts }
users-consent = Aceptó la versión { $version } del texto de riesgos.
users-no-consent = Aún no ha aceptado ningún texto de riesgos.
users-language = Lee en { $language }, hora de { $zone }
users-in-file = Figura en el archivo de la mesa: en cada arranque vuelven a regir los roles del archivo.
users-give = Dar: { $role }
users-take = Quitar: { $role }
users-block = Cerrar acceso
users-unblock = Abrir acceso
users-back = ◀ Todos

people-leave = Dejarlo así
roles-question = ¿Cambiar los roles de { $name }?
roles-from = Ahora: { $roles }
roles-to = Después: { $roles }
roles-lost-trader = Las tarjetas que le esperan se retiran. Las operaciones abiertas siguen y están protegidas.
roles-in-file = ⚠️ El archivo de la mesa nombra a esta persona: en el próximo arranque vuelven a regir los roles del archivo.
roles-yes = Sí, cambiarlos
roles-done = { $name } es ahora: { $roles }.
block-question = ¿Cerrar el acceso a { $name }?
block-silence = La mesa no le responderá más.
block-cards = { $n ->
        [0] No le espera ninguna tarjeta.
        [one] Se retira una tarjeta pendiente.
       *[other] Se retiran { $n } tarjetas pendientes.
    } Las aprobaciones permanentes terminan.
block-trades = { $n ->
        [0] No tiene operaciones abiertas.
        [one] Una operación abierta sigue y está protegida.
       *[other] { $n } operaciones abiertas siguen y están protegidas.
    }
block-yes = Sí, cerrar el acceso
block-done = ⛔ { $name } ya no tiene acceso.
unblock-question = ¿Abrir de nuevo el acceso a { $name }, como { $roles }?
unblock-yes = Sí, abrirlo
unblock-done = ✅ { $name } tiene acceso de nuevo.

person-joined = { $name } ha entrado como { $roles }, con invitación de { $by }.
person-roles = { $name } es ahora { $roles }, por { $by }.
person-blocked = { $by } cerró el acceso a { $name }. Las operaciones abiertas siguen y están protegidas.
person-unblocked = { $by } abrió de nuevo el acceso a { $name }.
person-forgotten = Por deseo propio, una persona ya no figura aquí. En los registros es { $name }.
