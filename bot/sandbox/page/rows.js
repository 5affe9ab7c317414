// What an account holds, a row each: open positions and pending orders.

import * as control from "./control.js";
import { h, write } from "./element.js";
import { level, lots, price, result } from "./figures.js";

const stops = ({ sl, tp, digits }) => `SL ${level(sl, digits)} · TP ${level(tp, digits)}`;

const stopFields = ({ sl, tp }) => [
  { name: "sl", label: "Stop loss", number: true, value: sl, min: 0 },
  { name: "tp", label: "Take profit", number: true, value: tp, min: 0, hint: "0 takes a level away." },
];

class Row {
  constructor(one, card, buttons) {
    this.card = card;
    this.what = h("b", {});
    this.result = h("span", { class: "result" });
    this.levels = h("small", {});
    this.element = h(
      "li",
      { "data-ticket": one.ticket },
      h("div", { class: "line" }, this.what, this.result),
      h("div", { class: "line" }, this.levels, h("span", { class: "acts" }, buttons)),
    );
  }

  act(text, one, act) {
    return h("button", { type: "button", "aria-label": `${text} ${one.symbol} ${one.ticket}`, onclick: act }, text);
  }
}

export class PositionRow extends Row {
  isPending = false;

  constructor(one, card) {
    super(one, card, []);
    this.half = this.act("Half", one, () => this.close(this.halfOf()));
    this.element.querySelector(".acts").append(
      this.act("Stops", one, () => this.askForStops()),
      this.half,
      this.act("Close", one, () => this.close(null)),
    );
  }

  show(position, symbol) {
    const { side, digits, profit, swap } = position;
    Object.assign(this, { position, symbol });
    write(this.what, `${position.symbol} ${side} ${lots(position.lots)}`);
    write(this.result, result(profit + swap));
    this.result.classList.toggle("gain", profit + swap > 0);
    this.result.classList.toggle("loss", profit + swap < 0);
    write(this.levels, `${price(position.open_price, digits)} → ${price(position.price, digits)}\n${stops(position)}`);
    this.half.disabled = this.halfOf() < symbol.least_lots;
  }

  halfOf() {
    const steps = Math.floor(this.position.lots / 2 / this.symbol.lot_step + 1e-9);
    return Number((steps * this.symbol.lot_step).toFixed(8));
  }

  close(part) {
    return this.card.hand.attempt(() => control.closePosition(this.card.name, this.position.ticket, part));
  }

  askForStops() {
    const { ticket, symbol, sl, tp } = this.position;
    const fields = stopFields({ sl, tp });
    this.card.hand.ask(`Stops of ${symbol} ${ticket}`, "Set", fields, (values) => control.moveStops(this.card.name, ticket, values));
  }
}

export class OrderRow extends Row {
  isPending = true;

  constructor(one, card) {
    super(one, card, []);
    const cancel = () => card.hand.attempt(() => control.cancelOrder(card.name, one.ticket));
    this.element.querySelector(".acts").append(this.act("Change", one, () => this.askForLevels()), this.act("Cancel", one, cancel));
  }

  show(order) {
    this.order = order;
    write(this.what, `${order.symbol} ${order.kind} ${lots(order.lots)}`);
    write(this.result, `at ${price(order.price, order.digits)}`);
    write(this.levels, stops(order));
  }

  askForLevels() {
    const { ticket, symbol, kind, price, sl, tp } = this.order;
    const fields = [{ name: "price", label: "Price", number: true, value: price, min: 0 }, ...stopFields({ sl, tp })];
    this.card.hand.ask(`${symbol} ${kind} ${ticket}`, "Change", fields, (values) => control.changeOrder(this.card.name, ticket, values));
  }
}
