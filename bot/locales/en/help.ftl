### What a person can do here.

help-owner = You run this desk: you get its alerts, hold a countdown and unlock accounts.
help-admin = You help to run this desk: you see every account and may pause trading.
help-trader = Signals arrive here as cards. A tap on Approve trades one on your own account.
help-viewer = You see the whole desk and change nothing.
help-command = { $form } – { $what }
help-family-trade = Trade
help-family-look = Look
help-family-run = Run the desk
help-family-self = You
