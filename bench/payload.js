/** What is sent: the same for every candidate, of a known size, and for deflate like what people send. */

/** `kind`: text or binary; `size` in bytes. A power of two of them, to be sent in turn. */
export function payloadsOf({ kind, size, json = false }) {
  const texts = json ? Array.from({ length: 64 }, (_, index) => jsonOf(size, index)) : ['x'.repeat(size)];
  return kind === 'text' ? texts : texts.map((text) => Buffer.from(text));
}

/** Readings of made-up sensors: keys repeat, values do not. */
function jsonOf(size, seed) {
  let state = seed * 2_654_435_761 + 1;
  const next = (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % below;
  };
  const readings = [];
  const whole = () => JSON.stringify({ type: 'readings', id: seed, readings, pad: '' });
  while (whole().length < size - 80) {
    readings.push({
      sensor: `s-${next(10_000)}`,
      at: 1_700_000_000 + next(1_000_000),
      value: next(100_000) / 100,
      ok: next(9) > 0,
    });
  }
  return `${whole().slice(0, -2)}${'.'.repeat(size - whole().length)}"}`;
}
