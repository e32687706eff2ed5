/**
 * Shows a class as Web IDL shows an interface: named, its attributes and operations enumerable, its constants on both
 * objects and fixed.
 */
export function expose(
  interfaceObject: { readonly prototype: object },
  name: string,
  members: readonly string[],
  constants: Readonly<Record<string, number>> = {},
): void {
  const { prototype } = interfaceObject;
  for (const member of members) Object.defineProperty(prototype, member, { enumerable: true });
  for (const [constant, value] of Object.entries(constants)) {
    for (const object of [interfaceObject, prototype]) Object.defineProperty(object, constant, { value, enumerable: true });
  }
  Object.defineProperty(prototype, Symbol.toStringTag, { value: name, configurable: true });
  nameClass(interfaceObject, name);
}

/** Bundlers give a class another name where its body mentions it. */
export function nameClass(named: object, name: string): void {
  Object.defineProperty(named, 'name', { value: name, configurable: true });
}
