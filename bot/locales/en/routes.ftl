### /route: alerts to groups.

routes-title = 📫 Alerts to groups
routes-none = No alerts go to any group.
routes-line = • <b>{ $title }</b>: { $families }
routes-paused = 📪 Paused since { $time }: { $reason }
routes-add = To add one, add me to the group and write there, in the topic that you mean: { $example }
routes-own = Owners get their own alerts all the same; /alerts changes that.
routes-resume = Try again
routes-remove = Remove
routes-ask-remove = Send no alerts to { $title } any more?
routes-acts-in-private = The buttons are in the private chat with the bot.
routes-here = 📫 These alerts come here from now on: { $families }.
routes-how = To have alerts come here, write { $example } in the topic that you mean. There are: { $names }, or all.
