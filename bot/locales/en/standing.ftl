### Standing approvals. Who changes what the consent says raises core.model.standing.STANDING_CONSENT_VERSION.

standing-title = Standing approvals
standing-none = None. With one the desk approves a source's signals for you at their arrival, within your caps, while you sleep. Without one every signal waits for your tap.
standing-number = No. { $number }
standing-where = Source { $source } · account { $account }
standing-caps-lots = At most { $lots } a trade
standing-caps-day = { $n ->
    [one] At most 1 trade a day; each part of a plan is one
   *[other] At most { $n } trades a day; each part of a plan is one
}
standing-caps-risk = At most { $percent } of equity at risk with everything that is open
standing-caps-days = { $n ->
    [one] For 1 day
   *[other] For { $n } days
}
standing-until = Until { $until } · today { $taken } of { $most } taken
standing-choose = Of which source?
standing-no-source = The desk has no sources yet.
standing-draft-title = Standing approval of { $source }
standing-draft = Tap a cap to change it. Nothing holds until you have read and accepted the text.
standing-holds = ✅ Standing approval no. { $number } holds from now on.
standing-revoked = Standing approval no. { $number } is revoked. Every signal waits for your tap again.
standing-dropped = Nothing was set up.

## The text that is accepted

standing-consent-title = What you approve beforehand
standing-consent-what = While it holds, the desk trades each new signal of this source on this account without asking you, at the price of the moment and at the size that your settings say. Your limits, locks, hours and price drift are checked as at a tap; a signal that a cap or a check forbids comes as an ordinary card. Where your plan splits the lots among several targets, each part is a trade of the day.
standing-consent-risk = You may be asleep when it trades and when it loses. Stops and limits are triggers, no promises: a loss can be larger than the money at risk. A source that did well can do badly from one day to the next.
standing-consent-end = It ends with its time, when you revoke it, when a text that you accepted changes, when your role is taken or the account is unlinked, and when a guard locks the account. /standing shows and revokes it at any time.
standing-consent-version = Version { $version } of this text; kept with the time of your acceptance.

## Buttons

standing-open = 🤖 Standing approval
standing-open-of = 🤖 Standing approval of { $source }
standing-new = ➕ New
standing-revoke = Revoke no. { $number }
standing-turn-account = Account: { $account } ›
standing-turn-lots = Lots a trade: { $lots } ›
standing-turn-day = Trades a day: { $n } ›
standing-turn-risk = Open risk: { $percent } ›
standing-turn-days = Days: { $n } ›
standing-read = Read and accept …
standing-accept = I have read this and accept
