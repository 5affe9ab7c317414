### The risk text. Who changes what it says raises core.model.people.CONSENT_VERSION.

consent-title = { $desk }: before you begin
consent-execution-title = What is executed
consent-execution =
    An approval is an order: the desk sends it to your own MetaTrader 5 account at the price of the moment. It can
    be filled at another price, in part, or not at all.
consent-limits-title = What a limit is
consent-limits =
    Stops, targets and the drawdown limit are triggers, not promises: in a fast or closed market a loss can be
    larger than the limit. At the limit the desk closes everything on the account and locks new entries.
consent-stored-title = What is stored
consent-stored =
    Stored are your Telegram id and name, your account's login and server, its password encrypted, your decisions
    with their time, and what the broker reports of orders, positions and equity.
consent-version = Version { $version }. Trading leveraged products can lose more than you expect.
consent-accept = I have read this and accept
consent-accepted = ✅ Thank you, { $name }. You accepted version { $version } of the risk text.
