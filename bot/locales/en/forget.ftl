### /forget.

forget-not-now = You cannot be forgotten now
forget-last-owner = • You are the last owner. Make somebody else an owner first: /users.
forget-in-file = • The desk file names you and would bring you back. Ask an owner to take you out of it; after the next start, send /forget again.
forget-positions = • { $n ->
        [one] One position is open. Close it first.
       *[other] { $n } positions are open. Close them first.
    }
forget-orders = • { $n ->
        [one] One pending order is open. Cancel it first.
       *[other] { $n } pending orders are open. Cancel them first.
    }
forget-under-way = • { $n ->
        [one] One order is under way or unconfirmed. Wait until it is settled.
       *[other] { $n } orders are under way or unconfirmed. Wait until they are settled.
    }
forget-liquidating = • { $account } is being closed by the desk, or its closing is on hold. Wait until that is over.
forget-locked = • { $account } is locked by the guard or by the desk. Ask an owner to release it first: /locks.
forget-silent = • { $account } cannot be read now, so nobody knows whether it is flat. Try later, or unlink it first.
forget-question = Forget you for good?
forget-sent = 1. You get a file with all that the desk holds of you.
forget-erased =
    2. Erased are your name, Telegram id and settings{ $n ->
        [0] {""}
        [one] , and the login and password of your account
       *[other] , and the logins and passwords of your { $n } accounts
    }.
forget-stays = 3. Trades and decisions stay in the books, under a random name that leads to nobody.
forget-for-good = This cannot be undone. The desk will not know you any more.
forget-yes = Send my data and erase me
forget-no = Keep everything
forget-kept = Nothing was erased.
forget-file = All that the desk held of you. Passwords are not in it.
forget-done = You are forgotten. The file below is yours. To come back you need a new invite.
