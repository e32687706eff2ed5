/** Keys of hixie-76 as findings: the arithmetic in what was found, and what a wrong one means in the hint. */
import { fail, pass, times, type Verdict, warn } from '../handshake/verdict.ts';
import { fieldValues } from '../http/head.ts';
import type { CheckOptions, OpeningRequest } from './handshake.ts';
import { countsThatDivide, exampleBehind } from './hixie-collapsed.ts';
import { divisionText, KEY3_LENGTH, type KeyReading, readKey } from './hixie-key.ts';

/** Judges Sec-WebSocket-Key1 or -Key2; `name` is what it is called in sentences. */
export function judgeKey(values: readonly string[], name: string, dialect: string, options: CheckOptions): Verdict {
  const [key = ''] = values;
  if (values.length !== 1) return fail('one key', times(values));
  const reading = readKey(key);
  const division = divisionText(reading);
  if (reading.fault !== undefined) return faulty(key, name, dialect, reading, options);
  const example = exampleBehind(key);
  if (example !== undefined) return warn(division, exampleHint(example));
  if (key.startsWith(' ') || key.endsWith(' '))
    return warn(division, 'It begins or ends with a space: a right client never sends that.');
  if (reading.spaces > 12) return warn(division, `${reading.spaces} spaces: a right client sends 12 at most.`);
  if (reading.others < 1 || reading.others > 12) {
    return warn(division, `${reading.others} characters are neither digits nor spaces: a right client sends 1 to 12.`);
  }
  return pass(division);
}

function faulty(key: string, name: string, dialect: string, reading: KeyReading, { pasted }: CheckOptions): Verdict {
  const division = divisionText(reading);
  const { fault, spaces, digits } = reading;
  if (fault === 'no digits') return fail('digits', division, `${name} holds no number.`);
  if (fault === 'no spaces') {
    return fail(
      '1 to 12 spaces',
      division,
      `${name} has no spaces: what sends that is no WebSocket client but a page that probes other protocols.`,
    );
  }
  if (fault === 'above 32 bits') return fail('4294967295 at most', division, `The number of ${name} is above 32 bits.`);
  const invalid = `${name} has ${spaces} ${spaces === 1 ? 'space' : 'spaces'}, but ${digits} is not divisible by ${spaces}: this is not a valid ${dialect} key.`;
  return fail(`a multiple of ${spaces}`, division, `${invalid}${pasted ? lostSpaces(key, reading) : ''}`);
}

function lostSpaces(key: string, reading: KeyReading): string {
  const example = exampleBehind(key);
  if (example !== undefined) return ` ${exampleHint(example)}`;
  const counts = countsThatDivide(reading);
  const collapsed = ' Runs of spaces are shown as one by web pages';
  return counts.length === 0 ? '' : `${collapsed}: with ${counts.join(', ')} spaces it would be divisible.`;
}

/** Spaces are drawn: two in a row are what it is about, and prose is wrapped at them. */
const exampleHint = (example: string) =>
  `But for its spaces it is the draft’s example ${example.replaceAll(' ', '␣')} (␣ is a space).`;

/** Judges the 8 bytes behind the head, and a Content-Length that announces them. */
export function judgeKey3({ head, body }: OpeningRequest, { pasted }: CheckOptions): Verdict {
  if (body.length === 0 && pasted)
    return warn('not in the text', 'Without the 8 bytes behind the head the answer cannot be verified.');
  if (body.length !== KEY3_LENGTH) return fail('8 bytes', `${body.length} bytes`);
  const lengths = fieldValues(head, 'Content-Length');
  const shown = shownBytes(body);
  if (lengths.length === 0) return pass(shown);
  const hint = 'Content-Length is sent by Perl’s Protocol::WebSocket; the draft has none.';
  return lengths[0] === '8'
    ? warn(`${shown}, Content-Length: 8`, hint)
    : fail('no Content-Length, or 8', `Content-Length: ${times(lengths)}`, hint);
}

/** Bytes in hex, and as text where they are visible ASCII: `5e6e3a64 735b3455 ^n:ds[4U`. */
export function shownBytes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes);
  const hex = buffer.toString('hex').replace(/.{8}(?=.)/g, '$& ');
  const text = buffer.toString('latin1');
  return /^[ -~]+$/.test(text) ? `${hex}  ${text}` : hex;
}
