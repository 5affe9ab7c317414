// Figures as a terminal writes them.

const cents = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
const plain = new Intl.NumberFormat("en", cents);
const signed = new Intl.NumberFormat("en", { ...cents, signDisplay: "exceptZero" });

export const money = (amount) => plain.format(amount);
export const result = (amount) => signed.format(amount);
export const price = (value, digits) => value.toFixed(digits);
export const level = (value, digits) => (value ? value.toFixed(digits) : "–");
export const lots = (volume) => String(Number(volume.toFixed(8)));
