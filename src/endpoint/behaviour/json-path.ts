/** Where in a JSON value something stands: names and indexes, from the outside in. */
export type JsonPath = readonly (string | number)[];

/** `$.a.b[0]`, `a.b.0`, `$["a b"]`; `$` is the whole. `undefined` where it is none. */
export function parseJsonPath(text: string): JsonPath | undefined {
  const steps: (string | number)[] = [];
  const whole = text.startsWith('$') ? text.slice(1) : `.${text}`;
  const step = /\.([^.[\]"'\s]+)|\[(\d{1,9})\]|\["([^"]*)"\]|\['([^']*)'\]/y;
  while (step.lastIndex < whole.length) {
    const match = step.exec(whole);
    if (!match) return undefined;
    const [, name, index, double, single] = match;
    steps.push(index === undefined ? (name ?? double ?? single ?? '') : Number(index));
  }
  return steps;
}

/** What stands there, in a value from `JSON.parse`; `undefined`: nothing does. */
export function valueAt(value: unknown, path: JsonPath): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined;
    found = (found as Record<string | number, unknown>)[step];
  }
  return found;
}

/** Whether two values of JSON are the same; the order of members makes no difference. */
export function isSameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  return names.every((name) => Object.hasOwn(right, name) && isSameJson(left[name], right[name]));
}
