### The door, invites, and who is here.

role-owner = owner
role-admin = admin
role-trader = trader
role-viewer = viewer

invite-welcome = 👋 Welcome to { $desk }, { $name }. Your role: <b>{ $roles }</b>.
invite-unknown = This invite is not known here. Ask who sent it for a new one.
invite-revoked = This invite was taken back. Ask who sent it for a new one.
invite-expired = This invite has expired. Ask who sent it for a new one.
invite-used-up = This invite has been used already. Ask who sent it for a new one.
invite-in-already = You are here already, and an invite changes no roles. An owner or admin can: /role.

join-may-ask = You may ask to join; somebody of the desk will decide.
join-ask = Ask to join
join-sent = Your request is with the desk. You will hear from it here.
join-waits = Your request is waiting for a decision. You will hear from it here.
join-too-soon = Your request was declined. You may ask again a day later.
join-enough = Your request was declined, and you cannot ask again.
join-crowded = Too many people ask to join just now. Please ask again in an hour.
join-declined = The desk has declined your request to join.

knock-wrote = 👤 <b>A stranger wrote to the desk</b>
knock-asks = 🙋 <b>A stranger asks to join</b>
knock-who = { $name } · Telegram id { $id }
knock-hint = They chose that name themselves. Let in only people you know.
knock-hint-told = They were told once that this desk is private. They chose that name themselves.
knock-let-in-trader = ✅ As trader
knock-let-in-viewer = ✅ As viewer
knock-ignore = Ignore
knock-admitted = ✅ { $by } let them in as { $role }.
knock-declined = 🚫 { $by } said no.
knock-ignored = { $by } ignores this.

invites-made =
    🔗 <b>An invite for { $n ->
        [one] one { $role }
       *[other] { $n } people, as { $role }
    }</b>
invites-until = Good until { $until }.
invites-once = Send it only to whom you invite: whoever has it can come in. It is shown this once.
invites-copy = Copy the link
invites-revoke = Take it back
invites-all = Invites
invites-title = Invites that are open
invites-none = No invite is open.
invites-line = #{ $number } { $role } · { $left ->
        [one] one use left
       *[other] { $left } uses left
    } · until { $until } · by { $by }
invites-how = /invite trader 3 2d: three traders within two days.
invites-revoke-one = Take back #{ $number }
invites-new-owner = New: owner
invites-new-admin = New: admin
invites-new-trader = New: trader
invites-new-viewer = New: viewer
invites-revoked = Invite #{ $number } ({ $role }) is taken back. Nobody can come in by it any more.

users-title = { $n ->
        [one] One person
       *[other] { $n } people
    }
users-count-owner = { $n ->
        [one] one owner
       *[other] { $n } owners
    }
users-count-admin = { $n ->
        [one] one admin
       *[other] { $n } admins
    }
users-count-trader = { $n ->
        [one] one trader
       *[other] { $n } traders
    }
users-count-viewer = { $n ->
        [one] one viewer
       *[other] { $n } viewers
    }
users-blocked = blocked
users-never-here = has not pressed Start yet
users-unreachable = has blocked the bot
users-unconsented = has not accepted the risk text
users-no-role = no role
users-roles = Roles: { $roles }
users-id = Telegram id { $id }
users-accounts = Accounts: { $accounts }
users-consent = Accepted version { $version } of the risk text.
users-no-consent = Has not accepted a risk text yet.
users-language = Reads { $language }, in the time of { $zone }
users-in-file = Named in the desk file, whose roles count again at each start.
users-give = Make { $role }
users-take = Take { $role }
users-block = Block
users-unblock = Let in again
users-back = ◀ Everybody

people-leave = Leave it
roles-question = Change the roles of { $name }?
roles-from = Now: { $roles }
roles-to = Then: { $roles }
roles-lost-trader = Cards that wait for them are withdrawn. Open trades stay and are guarded.
roles-in-file = ⚠️ The desk file names this person: at the next start its roles count again.
roles-yes = Yes, change them
roles-done = { $name } is now: { $roles }.
block-question = Block { $name }?
block-silence = The desk answers them no more.
block-cards = { $n ->
        [0] No card waits for them.
        [one] One waiting card is withdrawn.
       *[other] { $n } waiting cards are withdrawn.
    } Standing approvals end.
block-trades = { $n ->
        [0] No trade of theirs is open.
        [one] One open trade stays and is guarded.
       *[other] { $n } open trades stay and are guarded.
    }
block-yes = Yes, block
block-done = ⛔ { $name } is blocked.
unblock-question = Let { $name } in again, as { $roles }?
unblock-yes = Yes, let them in
unblock-done = ✅ { $name } is let in again.

person-joined = { $name } is here as { $roles }, invited by { $by }.
person-roles = { $name } is now { $roles }, by { $by }.
person-blocked = { $name } was blocked by { $by }. Open trades stay and are guarded.
person-unblocked = { $name } was let in again by { $by }.
person-forgotten = At their own wish a person is no longer known here. In the books they are { $name }.
