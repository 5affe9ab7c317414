### /forget.

forget-not-now = Ahora no se pueden borrar tus datos
forget-last-owner = • Eres el último propietario. Nombra antes a otro: /users.
forget-in-file = • El archivo de la mesa te nombra y te traería de vuelta. Pide a un propietario que te quite de él; tras el próximo arranque, envía /forget otra vez.
forget-positions = • { $n ->
        [one] Hay una posición abierta. Ciérrala antes.
       *[other] Hay { $n } posiciones abiertas. Ciérralas antes.
    }
forget-orders = • { $n ->
        [one] Hay una orden pendiente. Cancélala antes.
       *[other] Hay { $n } órdenes pendientes. Cancélalas antes.
    }
forget-under-way = • { $n ->
        [one] Una orden está en camino o sin confirmar. Espera a que se resuelva.
       *[other] { $n } órdenes están en camino o sin confirmar. Espera a que se resuelvan.
    }
forget-liquidating = • La mesa está cerrando las posiciones de { $account }, o ese cierre está en espera. Espera a que termine.
forget-locked = • { $account } está bloqueada por la protección o por la mesa. Pide antes a un propietario que la desbloquee: /locks.
forget-silent = • Ahora no hay datos de { $account } y no se sabe si tiene algo abierto. Prueba más tarde o desvincúlala antes.
forget-question = ¿Borrar tus datos para siempre?
forget-sent = 1. Recibes un archivo con todo lo que la mesa guarda de ti.
forget-erased =
    2. Se borran tu nombre, tu id de Telegram y tus ajustes{ $n ->
        [0] {""}
        [one] , y el usuario y la contraseña de tu cuenta
       *[other] , y los usuarios y contraseñas de tus { $n } cuentas
    }.
forget-stays = 3. Las operaciones y decisiones quedan en los registros, con un nombre al azar que no lleva a nadie.
forget-for-good = No se puede deshacer. La mesa ya no te conocerá.
forget-yes = Enviar mis datos y borrarme
forget-no = Conservarlo todo
forget-kept = No se borró nada.
forget-file = Todo lo que la mesa guardaba de ti. Sin contraseñas.
forget-done = Tus datos están borrados. El archivo de abajo es tuyo. Para volver necesitas una invitación nueva.
