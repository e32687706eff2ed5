import { parseParameterList } from '../http/parameter-list.ts';
import {
  acceptOffer,
  type DeflateParameters,
  PERMESSAGE_DEFLATE,
  readAnswer,
  type ServerPreference,
} from './permessage-deflate.ts';

/** Extension negotiation over the values of `Sec-WebSocket-Extensions` (RFC 6455 §9.1), several lines joined by `, `. */

/** What a browser offers: the server may choose the client's window too. */
export const BROWSER_OFFER = 'permessage-deflate; client_max_window_bits';

/** As a client: what the server agreed to; `undefined` where it agreed to nothing, a phrase where its answer is wrong. */
export function agreed(offer: string, answer: string): DeflateParameters | undefined | { readonly problem: string } {
  const offered = parseParameterList([offer]).items ?? [];
  const answered = parseParameterList([answer]);
  if (answered.error) return { problem: answered.error.problem };
  const elements = answered.items.filter(({ name }) => name === PERMESSAGE_DEFLATE);
  const [element] = elements;
  if (!element) return undefined;
  return elements.length > 1 ? { problem: 'permessage-deflate is answered twice' } : readAnswer(element, offered);
}

/** For the checklist: what is wrong with the parameters that were answered. */
export function judgeExtensions(offer: string, answer: string): string | undefined {
  const result = agreed(offer, answer);
  return result && 'problem' in result ? result.problem : undefined;
}

/** As a server: the answer to an offer, and what follows from it; `undefined` where there is nothing to accept. */
export function accept(offer: string, preference: ServerPreference): { answer: string; agreed: DeflateParameters } | undefined {
  const { items } = parseParameterList([offer]);
  return items && acceptOffer(items, preference);
}
