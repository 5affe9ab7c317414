// One terminal as a card: its account, its switches, what is open, and the hand that acts on it.

import { valuesOf, fieldElement } from "./asking.js";
import * as control from "./control.js";
import { h, write } from "./element.js";
import { money, price, result } from "./figures.js";
import { OrderRow, PositionRow } from "./rows.js";

export class TerminalCard {
  // `hand.attempt(act)` does and tells; `hand.ask(title, verb, fields, act)` asks first.
  constructor(name, symbols, hand) {
    this.name = name;
    this.hand = hand;
    this.rows = new Map(); // by ticket
    this.account = h("small", {});
    this.equity = h("strong", {});
    this.balance = h("small", {});
    this.switches = [
      new Switch("Network", "network", this),
      new Switch("Algo Trading", "algo_trading", this),
      new Switch("Python API", "api", this),
    ];
    this.note = h("p", { class: "note", hidden: true });
    this.list = h("ul", { class: "held" });
    this.flat = h("p", { class: "flat" }, "Nothing is open.");
    this.ticket = new OrderTicket(symbols, this);
    this.element = h(
      "article",
      { class: "terminal", tabindex: -1, "aria-label": `Terminal of ${name}` },
      h("header", {}, h("span", { class: "names" }, h("h3", {}, name), this.account), h("span", { class: "sums" }, h("span", {}, h("small", {}, "equity "), this.equity), this.balance)),
      h("div", { class: "switches" }, this.switches.map((one) => one.element)),
      this.note,
      this.list,
      this.flat,
      this.ticket.element,
      this.more(),
    );
  }

  more() {
    const button = (text, act) => h("button", { type: "button", onclick: act }, text);
    return h(
      "div",
      { class: "more" },
      button("Switch account…", () => this.askForAccount()),
      button("Deposit…", () => this.askForMoney()),
      button("Misfortune…", () => this.askForMisfortune()),
    );
  }

  show(terminal, market) {
    const { account } = terminal;
    this.terminal = terminal;
    write(this.account, account ? `${account.login} · ${account.name}` : "no account");
    write(this.equity, account ? `${money(account.equity)} ${account.currency}` : "");
    write(this.balance, account ? `balance ${money(account.balance)} · floating ${result(account.profit)}` : "");
    for (const one of this.switches) one.show(terminal);
    this.warn(terminal);
    this.showHeld([...(account?.positions ?? []), ...(account?.orders ?? [])], market);
    this.ticket.show(market);
  }

  warn({ network, account, investor }) {
    const words = [];
    if (!network) words.push("Unplugged: the desk goes on seeing what it saw last. What you do here goes to the broker by another way.");
    if (investor) words.push("Logged in with the investor password, to look only.");
    if (account && !account.trading) words.push("The broker does not let this account trade.");
    if (account && !account.programs) words.push("The broker lets no program trade on it.");
    write(this.note, words.join(" "));
    this.note.hidden = !words.length;
  }

  showHeld(held, market) {
    const gone = new Set(this.rows.keys());
    for (const one of held) {
      gone.delete(one.ticket);
      // A pending order that is filled becomes a position with its ticket: another kind of row.
      if (this.rows.get(one.ticket)?.isPending !== Boolean(one.kind)) this.drop(one.ticket);
      if (!this.rows.has(one.ticket)) this.add(one);
      this.rows.get(one.ticket).show(one, market.get(one.symbol));
    }
    for (const ticket of gone) this.drop(ticket);
    this.flat.hidden = held.length > 0;
  }

  add(one) {
    const row = one.kind ? new OrderRow(one, this) : new PositionRow(one, this);
    this.rows.set(one.ticket, row);
    this.list.append(row.element);
  }

  drop(ticket) {
    const element = this.rows.get(ticket)?.element;
    if (element?.contains(document.activeElement)) this.element.focus({ preventScroll: true });
    element?.remove();
    this.rows.delete(ticket);
  }

  askForAccount() {
    const value = this.terminal.account?.login ?? 0;
    const options = (accounts) => [...accounts.map(({ login, name }) => [login, `${login} · ${name}`]), [0, "none: log out"]];
    const fields = control.accounts().then((accounts) => [{ name: "login", label: "Account", value, options: options(accounts) }]);
    this.hand.ask(`Switch the account of ${this.name}'s terminal`, "Switch", fields, ({ login }) =>
      control.throwSwitches(this.name, { login: Number(login) }),
    );
  }

  askForMoney() {
    const fields = [{ name: "amount", label: "Amount", number: true, value: 1000, hint: "A negative one is a withdrawal." }];
    this.hand.ask(`Deposit for ${this.name}`, "Pay", fields, ({ amount }) => control.pay(this.name, amount));
  }

  askForMisfortune() {
    const fields = control.misfortunes().then((kinds) => [
      { name: "kind", label: "What goes wrong", options: kinds.map((kind) => [kind, kind.replaceAll("_", " ")]) },
      { name: "call", label: "With which call of the module", value: "order_send" },
      { name: "count", label: "How many times", number: true, value: 1, min: 1 },
      { name: "seconds", label: "For how many seconds, if it hangs or comes late", number: true, optional: true },
      { name: "points", label: "By how many points, if it slips", number: true, optional: true },
    ]);
    this.hand.ask(`Misfortune for ${this.name}'s terminal`, "Let it come", fields, (values) => control.bringMisfortune(this.name, values));
  }
}

class Switch {
  constructor(label, field, card) {
    this.field = field;
    const turn = () => card.hand.attempt(() => control.throwSwitches(card.name, { [field]: !card.terminal[field] }));
    this.element = h("button", { type: "button", role: "switch", onclick: turn }, label);
  }

  show(terminal) {
    this.element.setAttribute("aria-checked", String(terminal[this.field]));
  }
}

const FIELDS = [
  { name: "symbol", label: "Symbol" },
  { name: "lots", label: "Lots", number: true, value: 0.1, min: 0 },
  { name: "price", label: "Price", number: true, optional: true, min: 0 },
  { name: "sl", label: "Stop loss", number: true, optional: true, min: 0 },
  { name: "tp", label: "Take profit", number: true, optional: true, min: 0 },
];

// The New Order window. Its two buttons carry the prices; Enter presses neither.
class OrderTicket {
  constructor(symbols, card) {
    this.card = card;
    const options = symbols.map(({ name }) => [name, name]);
    this.fields = FIELDS.map((field) => (field.name === "symbol" ? { ...field, options } : field));
    this.sell = h("button", { type: "button", class: "danger", onclick: () => this.send("sell") });
    this.buy = h("button", { type: "button", class: "success", onclick: () => this.send("buy") });
    this.form = h("form", {}, this.fields.map(fieldElement), h("div", { class: "row" }, this.sell, this.buy));
    this.form.elements.price.placeholder = "market";
    this.form.elements.symbol.onchange = () => this.choose();
    this.element = h("details", { class: "ticket" }, h("summary", {}, "New order"), this.form);
  }

  send(side) {
    if (!this.form.reportValidity()) return;
    const order = { ...valuesOf(this.form, this.fields), side };
    this.card.hand.attempt(() => control.order(this.card.name, order));
  }

  choose() {
    const { lots } = this.form.elements;
    lots.value = Math.max(lots.value, this.symbol.least_lots);
    this.show(this.market);
  }

  get symbol() {
    return this.market.get(this.form.elements.symbol.value);
  }

  show(market) {
    this.market = market;
    const { symbol } = this;
    write(this.sell, `Sell ${price(symbol.bid, symbol.digits)}`);
    write(this.buy, `Buy ${price(symbol.ask, symbol.digits)}`);
  }
}
