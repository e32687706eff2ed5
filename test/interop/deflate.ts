/** The parameters of permessage-deflate (RFC 7692 §7.1) in every combination that makes a difference. */
export interface DeflateCombination {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  readonly serverMaxWindowBits: number | undefined;
  readonly clientMaxWindowBits: number | undefined;
}

/** 8 is special: zlib's deflate makes 9 of it. */
const windows = [undefined, 8, 10, 15];

export const COMBINATIONS: readonly DeflateCombination[] = [false, true].flatMap((serverNoContextTakeover) =>
  [false, true].flatMap((clientNoContextTakeover) =>
    windows.flatMap((serverMaxWindowBits) =>
      windows.map((clientMaxWindowBits) => ({
        serverNoContextTakeover,
        clientNoContextTakeover,
        serverMaxWindowBits,
        clientMaxWindowBits,
      })),
    ),
  ),
);

/** As it is written in `Sec-WebSocket-Extensions`. */
export function written(combination: DeflateCombination): string {
  const { serverNoContextTakeover, clientNoContextTakeover, serverMaxWindowBits, clientMaxWindowBits } = combination;
  return [
    'permessage-deflate',
    ...(serverNoContextTakeover ? ['server_no_context_takeover'] : []),
    ...(clientNoContextTakeover ? ['client_no_context_takeover'] : []),
    ...(serverMaxWindowBits === undefined ? [] : [`server_max_window_bits=${serverMaxWindowBits}`]),
    ...(clientMaxWindowBits === undefined ? [] : [`client_max_window_bits=${clientMaxWindowBits}`]),
  ].join('; ');
}

/** The parts of an extension in an order of their own: which parameter comes first means nothing. */
export const parameters = (extension: string): string[] => extension.split(/ *; */).sort();

/** Without the keys that hold nothing: some take `undefined` for a wish. */
export function defined(combination: DeflateCombination): Partial<Record<keyof DeflateCombination, never>> {
  return Object.fromEntries(Object.entries(combination).filter(([, value]) => value !== undefined));
}
