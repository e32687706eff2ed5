/**
 * The promise: every WebSocket protocol that was ever on a wire has exactly one name here, and every way in which people
 * write that name leads to it. No meaning but names, numbers and dates is kept in this file.
 */

/** One protocol on the wire. Drafts that differ in wording alone share a name (-08 to -10, -11 and -12, -13 to RFC 6455). */
export type DialectName =
  | 'hixie-75'
  | 'hixie-76'
  | 'hybi-01'
  | 'hybi-02'
  | 'hybi-03'
  | 'hybi-04'
  | 'hybi-04-libwebsockets'
  | 'hybi-05'
  | 'hybi-06'
  | 'hybi-07'
  | 'hybi-08'
  | 'hybi-11'
  | 'rfc6455';

export interface Dialect {
  readonly name: DialectName;
  /** For people: `hixie-76 (= hybi-00)`, `RFC 6455 (version 13)`. */
  readonly title: string;
  /** When it was published: `2010-05`, or `2011-06…07` for several drafts. */
  readonly date: string;
  /** The value of Sec-WebSocket-Version; `undefined` where the field did not exist (hixie, hybi-01 to -03). */
  readonly version: number | undefined;
  /** The value of Sec-WebSocket-Draft that our client sends; `undefined`: none is sent. */
  readonly draft: number | undefined;
  /** Other names, lower case, for `dialectNamed`. */
  readonly aliases: readonly string[];
}

const dialect = (
  name: DialectName,
  title: string,
  date: string,
  numbers: Partial<Pick<Dialect, 'version' | 'draft'>>,
  aliases: readonly string[],
): Dialect => ({ name, title, date, version: numbers.version, draft: numbers.draft, aliases });

/** Oldest first. */
export const DIALECTS: readonly Dialect[] = [
  dialect('hixie-75', 'hixie-75', '2010-02', {}, ['75', 'hixie75', 'draft-75']),
  dialect('hixie-76', 'hixie-76 (= hybi-00)', '2010-05', {}, [
    '76',
    'hixie76',
    'draft-76',
    'hybi-00',
    'hybi-0',
    'hybi00',
    '00',
    '0',
  ]),
  // Nothing on the wire tells a -01 handshake from a -76 one; only its framing is another.
  dialect('hybi-01', 'hybi-01', '2010-08', {}, ['hybi-1', 'hybi01', '01', '1']),
  dialect('hybi-02', 'hybi-02', '2010-09', { draft: 2 }, ['hybi-2', 'hybi02', '02', '2']),
  dialect('hybi-03', 'hybi-03', '2010-10', { draft: 2 }, ['hybi-3', 'hybi03', '03', '3']),
  dialect('hybi-04', 'hybi-04 (version 4)', '2011-01', { version: 4 }, ['hybi-4', 'hybi04', '04', '4']),
  // The handshake of -04; libwebsockets of early 2011 masked with the connection key instead of the frame key.
  dialect('hybi-04-libwebsockets', 'hybi-04 as libwebsockets masked it', '2011-01', { version: 4 }, [
    'hybi-04-lws',
    'hybi04-libwebsockets',
    '04-libwebsockets',
    '4-libwebsockets',
    '04-lws',
    '4-lws',
  ]),
  dialect('hybi-05', 'hybi-05 (version 5)', '2011-02', { version: 5 }, ['hybi-5', 'hybi05', '05', '5']),
  dialect('hybi-06', 'hybi-06 (version 6)', '2011-02', { version: 6 }, ['hybi-6', 'hybi06', '06', '6']),
  dialect('hybi-07', 'hybi-07 (version 7)', '2011-04', { version: 7 }, ['hybi-7', 'hybi07', '07', '7']),
  dialect('hybi-08', 'hybi-08 to -10 (version 8)', '2011-06…07', { version: 8 }, [
    ...['hybi-8', 'hybi08', '08', '8'],
    ...['hybi-09', 'hybi-9', 'hybi09', '09', '9'],
    ...['hybi-10', 'hybi10', '10'],
  ]),
  dialect('hybi-11', 'hybi-11 and -12 (version 8)', '2011-08', { version: 8 }, ['hybi11', '11', 'hybi-12', 'hybi12', '12']),
  dialect('rfc6455', 'RFC 6455 (version 13)', '2011-12', { version: 13 }, [
    ...['rfc-6455', 'rfc 6455', '6455', '13', 'hybi-13', 'hybi13', 'hybi-14', 'hybi14', '14', 'hybi-15', 'hybi15', '15'],
    ...['hybi-16', 'hybi16', '16', 'hybi-17', 'hybi17', '17'],
  ]),
];

const BY_NAME: Readonly<Record<string, Dialect>> = Object.fromEntries(DIALECTS.map((row) => [row.name, row]));

/** The row of a name. */
export function dialectOf(name: DialectName): Dialect {
  const row = BY_NAME[name];
  // Unreachable: a test holds that the table has a row for every name.
  if (!row) throw new RangeError(`no such dialect: ${name}`);
  return row;
}

/** What a person wrote (`76`, `hybi-07`, `RFC6455`, `v8`), or `undefined` where nothing is meant by it. */
export function dialectNamed(text: string): DialectName | undefined {
  const wanted = text
    .trim()
    .toLowerCase()
    .replaceAll('_', '-')
    .replace(/^(draft-(ietf-hybi-thewebsocketprotocol|hixie-thewebsocketprotocol|ietf)-|version[ -]|v(?=\d))/, '');
  return DIALECTS.find((row) => row.name === wanted || row.aliases.includes(wanted))?.name;
}
