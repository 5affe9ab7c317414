### /health: каждый терминал в двух строках, проблемные первыми.

health-title = { $n ->
    [one] <b>Терминалы</b> · { $n } счёт: { $lights }
    [few] <b>Терминалы</b> · { $n } счёта: { $lights }
   *[other] <b>Терминалы</b> · { $n } счетов: { $lights }
}
health-unprobed = ещё не проверен
health-more = { $n ->
    [one] … и ещё { $n } проблема
    [few] … и ещё { $n } проблемы
   *[other] … и ещё { $n } проблем
}
health-late = проверен { $age } назад
health-connected = на связи
health-no-answer = не отвечает
health-no-link = нет связи с брокером
health-another-account = другой счёт
health-may-trade = торговать можно
health-may-not-trade = торговать нельзя
health-price = цена { $age } назад
health-no-price = цены ещё нет
health-trip = { $ms } мс
health-build = сборка { $build }
health-breaker-open = предохранитель сработал
health-breaker-half-open = предохранитель пробует снова
health-trouble = ⚠️ { $trouble } · уже { $lasts }
health-seems-over = ⌛ Похоже, прошло: { $trouble } · длилось { $lasts }
health-desk = Деск
health-waits = самое старое сообщение ждёт { $age }
health-all-told = все сообщения доставлены
health-pulse = цикл опаздывает на { $late } мс · { $memory } МБ
health-no-heartbeat = пульса ещё нет
health-version = версия { $version }
health-again = Проверить снова
health-checking = Проверяю …
