### Short answers: refusals, hints, toasts. Plain text, at most 200 characters where a toast shows them.

reply-expired-button = This button has expired.
reply-private-desk = This is a private desk and I do not know you. Ask its owner if you should be here.
reply-accept-first = Please accept the risk text first: /start
reply-plain-text = I only understand commands and buttons. /help lists them.
reply-looks-secret = 🧹 This looked like a password, so your message was deleted. Nothing asks for one just now; /accounts does when it needs one.
reply-private-chat-only = I only talk in private.
reply-on-it = On it …
reply-not-for-you = /{ $command } is not for your role. /help lists what is.
reply-usage = Write it like this: { $example }
reply-takes-nothing = /{ $command } takes nothing after it.
reply-unknown-command = I do not know /{ $command }. /help lists all.
reply-did-you-mean = I do not know /{ $command }. Did you mean /{ $meant }?
reply-own-error = Something went wrong on our side (error { $id }). Nothing more was done; the owner is told.
reply-not-your-button = This button is not for your role.
reply-blocked = Your access to this desk is closed. Ask its owner.
reply-accept-new = The risk text has changed. Please read and accept it below; nothing was approved.
