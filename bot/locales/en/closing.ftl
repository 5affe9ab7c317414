### How a position was closed, after "was closed".

closed-by-stop_loss = by its stop loss
closed-by-take_profit = at its target
closed-by-stop_out = by the broker's stop-out
closed-by-desktop = by hand in the desktop terminal
closed-by-mobile = by hand on a phone
closed-by-web = by hand in the web terminal
closed-by-desk = by the desk
closed-by-other_program = by another program
closed-by-unexplained = for a reason that the broker does not give
