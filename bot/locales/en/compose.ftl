### /signal: a signal that a person composes.

compose-title = New signal
compose-example = Write it like this:
compose-unknown-word = I do not understand “{ $word }”. Instruments: { $known }
compose-said-twice = “{ $word }” is said twice.
compose-one-stop = “{ $word }”: a stop has one price, as SL 1.0820
compose-no-price-after = After “{ $word }” I need a price, as TP 1.0890 1.0930
compose-too-many-targets = “{ $word }”: there can be { $most } targets at most.
compose-wrong-side = “{ $word }” is neither buy nor sell.
compose-wrong-kind = “{ $word }” is not market, limit or stop.
compose-wrong-price = “{ $word }” is no price.
compose-wrong-expiry = “{ $word }” is no time from a minute to 7 days, as 30m, 2h or 1d.
compose-wrong-note = A note is one line of at most { $most } characters.
compose-invalid-instrument = { $word } may not be traded here.
compose-invalid-entry = { $word } is no possible entry; a zone goes from low to high, as 1.0840-1.0850
compose-invalid-stop-buy = Stop { $word }: it must be below the entry of a buy.
compose-invalid-stop-sell = Stop { $word }: it must be above the entry of a sell.
compose-invalid-targets-buy = Targets { $word }: each must be above the entry of a buy.
compose-invalid-targets-sell = Targets { $word }: each must be below the entry of a sell.
compose-invalid-expiry = { $word }: a signal lives from 5 s to 7 days.
compose-invalid-note = “{ $word }” is no note of one line.
compose-ask-instrument = Which instrument?
compose-ask-side = Buy or sell?
compose-ask-kind = What kind of order?
compose-ask-entry = At which price? A zone is written 1.0840-1.0850
compose-ask-stop = Where is the stop?
compose-ask-targets = Which targets? Up to five prices, as 1.0890 1.0930
compose-ask-expiry = For how long is it good? Tap, or write 45m, 2h, 1d
compose-ask-note = A note for the traders?
compose-side-buy = Buy
compose-side-sell = Sell
compose-kind-market = Market
compose-kind-limit = Limit
compose-kind-stop = Stop
compose-without-stop = No stop
compose-without-targets = No targets
compose-without-note = No note
compose-step-instrument = Instrument
compose-step-side = Side
compose-step-kind = Kind
compose-step-entry = Price
compose-step-stop = Stop
compose-step-targets = Targets
compose-step-expiry = Time
compose-step-note = Note
compose-preview = 📝 Preview – nothing is sent yet
compose-price-anew = 📝 The price was a minute old; this is the new one. Nothing is sent yet
compose-lives = Good for { $life } from sending
compose-price-of = Price of { $at }
compose-goes-to = 📨 Goes to { $traders }, { $accounts }
compose-traders = { $n ->
    [one] { $n } trader
   *[other] { $n } traders
}
compose-obstacle = 🔒 Nobody would get a card now: { $reason }
compose-nobody = 📭 No trader can get a card now.
compose-send = Send
compose-again = Look again
compose-edit = Edit
compose-look = What became of it
compose-sent = { $n ->
    [one] ✅ Sent: { $n } card.
   *[other] ✅ Sent: { $n } cards.
}
compose-sent-to-nobody = ✅ Stored, but nobody got a card: something keeps entries out. /locks
compose-cancelled = Dropped. Nothing was sent.
compose-stale = This button is of an earlier step. Use the newest message.
compose-over = This one is over. Begin again with /signal
compose-sent-already = This signal was sent already. /signals shows it.
