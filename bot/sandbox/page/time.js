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
const words = new Map(); // of relative times, by language

function wordsOf(language) {
  if (!words.has(language)) words.set(language, new Intl.RelativeTimeFormat(language, { numeric: "auto" }));
  return words.get(language);
}

export function relative(unix, language = "en") {
  const seconds = Math.round(unix - now());
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? UNITS[3];
  return wordsOf(language).format(Math.trunc(seconds / size), unit);
}

// The Bot API's format letters: r, or any of w (weekday), d or D (date), t or T (time).
export function moment(unix, format, language) {
  if (format.includes("r")) return relative(unix, language);
  const at = new Date(unix * 1000);
  const weekday = format.includes("w") && at.toLocaleDateString(language, { weekday: "long" });
  const options = {};
  if (/d/i.test(format)) options.dateStyle = format.includes("D") ? "long" : "short";
  if (/t/i.test(format)) options.timeStyle = format.includes("T") ? "medium" : "short";
  const rest = Object.keys(options).length > 0 && at.toLocaleString(language, options);
  return [weekday, rest].filter(Boolean).join(", ");
}

// The language in which a person's client writes times; English when theirs is none.
export function spoken(code) {
  try {
    return Intl.getCanonicalLocales(code)[0] ?? "en";
  } catch {
    return "en";
  }
}

// Elements with a moment keep saying what is true.
setInterval(() => {
  for (const element of document.querySelectorAll("time[data-format~=r]")) {
    const text = relative(Number(element.dataset.unix), element.closest("[lang]")?.lang);
    if (element.textContent !== text) element.textContent = text;
    element.classList.toggle("past", Number(element.dataset.unix) < now());
  }
}, 500);
