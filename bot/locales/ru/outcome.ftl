### Что стало с одобренным сигналом.

outcome-approved = ✅ Одобрено
outcome-sending = ✅ Одобрено, заявка отправляется …
outcome-sending-in = ✅ Одобрено, отправка { $when }
outcome-placed = ✅ Одобрено, заявка у брокера и ждёт своей цены
outcome-placed-until = ✅ Одобрено, заявка у брокера и ждёт своей цены до { $until }
outcome-filled = ✅ Исполнено { $fill }
outcome-partial = ✅ Исполнено частично { $fill } из { $lots }
outcome-refused = ⛔ Отказ: { $reason }
outcome-no-reason = брокер не назвал причину
outcome-unknown = ❔ Брокер этого ещё не подтвердил. Проверяю; пожалуйста, не повторяйте.
outcome-expired = ⌛ Не исполнено: { $reason }
outcome-late = не отправлено вовремя
outcome-margin = Маржа { $margin } из { $free } свободных
outcome-fill = { $lots } по { $price }
outcome-fill-slippage = { $lots } по { $price } (проскальзывание { $pips } пипса)
outcome-fill-drift = { $lots } по { $price } (проскальзывание { $drift })
outcome-closed = 🏁 Сделка закрыта { $how }
outcome-closed-at = 🏁 Сделка закрыта по цене { $price } { $how }
outcome-after = { $closed }, { $when }, через { $span }.
outcome-result = { $closed } Результат { $money }
outcome-leg-sending = ⏳ Отправляется { $lots } …
outcome-leg-placed = ⏳ { $lots } у брокера, ждёт цены
outcome-leg-failed = ⛔ { $lots } не исполнено: { $reason }
outcome-leg-unknown = ❔ Ещё не подтверждено. Проверяю; пожалуйста, не повторяйте.
outcome-leg-filled = ✅ Исполнено { $fill }
outcome-leg-filled-stop = ✅ Исполнено { $fill }, стоп { $stop }
