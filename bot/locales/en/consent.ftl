### The risk text. Who changes what it says raises core.model.people.CONSENT_VERSION.

consent-title = { $desk }: before you begin
consent-in-force = The risk text in force
consent-execution-title = What is executed
consent-execution = An approval is an order: the desk sends it to your own MetaTrader 5 account at the price of the moment. It can be filled at another price, in part, or not at all. Nothing is sent without your tap, unless you set up a standing approval.
consent-limits-title = A limit is a trigger, no promise
consent-limits = Stops, targets and the drawdown limit act when a price is reached. In a fast or closed market, or while a terminal or a link is down, a loss can be larger than the limit. At the limit the desk closes everything on the account and locks new entries.
consent-stored-title = What is stored
consent-stored = Your Telegram id and name, language and time zone; your account's login and server, its password encrypted; your decisions with their time; what the broker reports of orders, positions and equity. Owners and admins see your account. /forget hands you your data and erases it; trades and decisions stay, without your name.
consent-standing-title = Standing approvals are separate
consent-standing = A standing approval trades while you sleep. It is off until you set one up for a source, with caps, and accept a text of its own. Accepting this text does not replace that.
consent-version = Version { $version }. Trading leveraged products can lose more than you expect.
consent-accept = I have read this and accept
consent-accepted = ✅ Thank you, { $name }. You accepted version { $version } of the risk text.
consent-renewed = 📄 <b>The risk text has changed.</b> Until you accept the new one you cannot approve signals. All else goes on: what is open stays guarded, and you can close it.
consent-given = ✅ You accepted version { $version } on { $when }.
consent-none = You have not accepted any version yet.
