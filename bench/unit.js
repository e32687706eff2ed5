/** Numbers as people read them. */

export const SIZES = { '16 B': 16, '125 B': 125, '1 KiB': 1024, '64 KiB': 65_536, '1 MiB': 1_048_576 };

export const whole = (value) => Math.round(value).toLocaleString('en-US');
export const micros = (value) =>
  value >= 100
    ? whole(value)
    : value
        .toPrecision(3)
        .replace(/(\.\d*?)0+$/, '$1')
        .replace(/\.$/, '');
export const mebibytes = (value) => (value / 1_048_576).toFixed(0);
export const kibibytes = (value) => (value / 1024).toFixed(2);
export const milliseconds = (value) => value.toFixed(0);
export const times = (value) => (value >= 10 ? value.toFixed(1) : value.toFixed(2));
