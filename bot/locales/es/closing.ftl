### Cómo se cerró una posición, tras «se cerró».

closed-by-stop_loss = por su stop
closed-by-take_profit = en su objetivo
closed-by-stop_out = por el stop-out del bróker
closed-by-desktop = a mano en el terminal de escritorio
closed-by-mobile = a mano desde un teléfono
closed-by-web = a mano en el terminal web
closed-by-desk = por la mesa
closed-by-other_program = por otro programa
closed-by-unexplained = por un motivo que el bróker no dice
