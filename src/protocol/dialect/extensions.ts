/**
 * The promise: Sec-WebSocket-Extensions of every generation becomes one list of what is on, and an answer that does not fit
 * its offer is told by one phrase. The codecs are elsewhere.
 */

import { agreed as agreedMessageDeflate } from '../extension/negotiate.ts';
import { acceptOffer, type DeflateParameters, type ServerPreference } from '../extension/permessage-deflate.ts';
import { type ListItem, parseParameterList } from '../http/parameter-list.ts';
import {
  type DeflateFrameSender,
  type DeflateFrameTerms,
  formatDeflateFrame,
  isDeflateFrame,
  readDeflateFrame,
} from './deflate-frame-terms.ts';
import { aboutExtension } from './extension-name.ts';

/** One extension that both sides agreed on. */
export type AgreedExtension =
  | { readonly kind: 'permessage-deflate'; readonly parameters: DeflateParameters }
  | ({ readonly kind: 'deflate-frame' } & DeflateFrameTerms)
  | { readonly kind: 'deflate-stream' }
  /** Recognised or not, it is not spoken here. */
  | { readonly kind: 'unspoken'; readonly name: string };

export interface Problem {
  /** A phrase, without a full stop. */
  readonly problem: string;
}

/** What a server is ready for. */
export interface ExtensionPreference {
  /** `undefined`: permessage-deflate is never accepted. */
  readonly messageDeflate: ServerPreference | undefined;
  /** What binds the client where deflate-frame is accepted under either name; `undefined`: it never is. */
  readonly frameDeflate: DeflateFrameSender | undefined;
}

/** As a server: the first of the client's offers that will do; one alone, since each gives RSV1 its meaning. */
export function acceptExtensions(
  offer: string,
  preference: ExtensionPreference,
): { readonly answer: string; readonly agreed: AgreedExtension } | undefined {
  for (const element of parseParameterList([offer]).items ?? []) {
    const accepted = acceptElement(element, preference);
    if (accepted) return accepted;
  }
  return undefined;
}

function acceptElement(element: ListItem, { messageDeflate, frameDeflate }: ExtensionPreference) {
  if (element.name === 'permessage-deflate' && messageDeflate) {
    const accepted = acceptOffer([element], messageDeflate);
    return accepted && { answer: accepted.answer, agreed: { kind: 'permessage-deflate', parameters: accepted.agreed } as const };
  }
  if (!isDeflateFrame(element.name) || !frameDeflate) return undefined;
  const server = readDeflateFrame(element);
  if (typeof server === 'string') return undefined;
  const agreed = { kind: 'deflate-frame', name: element.name, client: frameDeflate, server } as const;
  return { answer: formatDeflateFrame(element.name, frameDeflate), agreed };
}

/** As a client, or looking on: what is on after this offer and this answer, in the order of the answer. */
export function agreedExtensions(offer: string, answer: string): readonly AgreedExtension[] | Problem {
  const offered = parseParameterList([offer]).items ?? [];
  const answered = parseParameterList([answer]);
  if (answered.error) return { problem: answered.error.problem };
  const agreed: AgreedExtension[] = [];
  for (const element of answered.items) {
    const one = agreedOne(element, offered, offer, answer);
    if ('problem' in one) return one;
    agreed.push(one);
  }
  const marked = agreed.filter(({ kind }) => kind === 'permessage-deflate' || kind === 'deflate-frame');
  return marked.length > 1 ? { problem: 'two extensions that both give RSV1 a meaning' } : agreed;
}

function agreedOne(element: ListItem, offered: readonly ListItem[], offer: string, answer: string): AgreedExtension | Problem {
  const { name } = element;
  const asked = offered.find((item) => item.name === name);
  if (!asked) return { problem: `${name} was not offered` };
  if (name === 'permessage-deflate') {
    const parameters = agreedMessageDeflate(offer, answer);
    if (!parameters) return { problem: 'permessage-deflate was not offered' };
    return 'problem' in parameters ? parameters : { kind: 'permessage-deflate', parameters };
  }
  if (name === 'deflate-stream') {
    return element.parameters.length > 0 ? { problem: 'deflate-stream has no parameters' } : { kind: 'deflate-stream' };
  }
  return isDeflateFrame(name) ? frameTerms(name, asked, element) : { kind: 'unspoken', name };
}

function frameTerms(name: DeflateFrameTerms['name'], asked: ListItem, answered: ListItem): AgreedExtension | Problem {
  const client = readDeflateFrame(answered);
  if (typeof client === 'string') return { problem: client };
  // The server took the offer as it was; one that was wrong bound it to nothing.
  const server = readDeflateFrame(asked);
  const bound = typeof server === 'string' ? { noContextTakeover: false, maxWindowBits: 15 } : server;
  return { kind: 'deflate-frame', name, client, server: bound };
}

/** For the checklist: what is wrong with the extensions that were answered, as a phrase. */
export function judgeAllExtensions(offer: string, answer: string): string | undefined {
  const agreed = agreedExtensions(offer, answer);
  return 'problem' in agreed ? agreed.problem : undefined;
}

/** What is worth saying of the extensions in these field values, a sentence or two for each that is not of today. */
export function extensionNotes(values: readonly string[]): string[] {
  const names = (parseParameterList(values).items ?? []).map(({ name }) => name);
  const notes = new Map<string, string>();
  for (const name of names) {
    const about = name === 'permessage-deflate' ? undefined : aboutExtension(name)?.about;
    if (about !== undefined && ![...notes.values()].some((note) => note.endsWith(about))) notes.set(name, `${name}: ${about}`);
  }
  return [...notes.values()];
}
