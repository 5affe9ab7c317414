// Times as a Telegram client shows them: in the reader's own zone, relative ones counting by themselves.

let ahead = 0; // seconds that the sandbox's clock is ahead of this browser's

export function setClock(now) {
  ahead = now - Date.now() / 1000;
}

export const now = () => Date.now() / 1000 + ahead;

export const clock = (unix) =>
  new Date(unix * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

const UNITS = [
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];
const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

export function relative(unix) {
  const seconds = Math.round(unix - now());
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? UNITS[3];
  return words.format(Math.trunc(seconds / size), unit);
}

// The Bot API's format letters: r, or any of w (weekday), d or D (date), t or T (time).
export function moment(unix, format) {
  if (format.includes("r")) return relative(unix);
  const options = {};
  if (format.includes("w")) options.weekday = "long";
  if (format.includes("d")) options.dateStyle = "short";
  if (format.includes("D")) options.dateStyle = "long";
  if (format.includes("t")) options.timeStyle = "short";
  if (format.includes("T")) options.timeStyle = "medium";
  if (!options.weekday) return new Date(unix * 1000).toLocaleString([], options);
  const day = new Date(unix * 1000).toLocaleDateString([], { weekday: "long" });
  delete options.weekday;
  return Object.keys(options).length ? `${day}, ${new Date(unix * 1000).toLocaleString([], options)}` : day;
}

// Elements with a moment keep saying what is true.
setInterval(() => {
  for (const element of document.querySelectorAll("time[data-format~=r]")) {
    const text = relative(Number(element.dataset.unix));
    if (element.textContent !== text) element.textContent = text;
    element.classList.toggle("past", Number(element.dataset.unix) < now());
  }
}, 500);
