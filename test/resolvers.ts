/** A promise and the function that keeps it; `Promise.withResolvers` came with Node 22. */
export function withResolvers<T = void>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let keep: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => {
    keep = resolve;
  });
  return { promise, resolve: (value) => keep(value) };
}
