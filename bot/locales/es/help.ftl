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
