### Core's sentences as core says them: facts only, no choices. `told…` is a sentence itself.

hold-bad-price = bad price
hold-by-hand = closing by hand
hold-news = news passes
