/** The opening handshakes and keys of `vectors.json`, typed. */
import type { OpeningAnswer, OpeningRequest } from '../../../src/protocol/dialect/handshake.ts';
import { CLIENT_HEAD_LIMITS } from '../../../src/protocol/http/head.ts';
import { readHead } from '../../../src/protocol/http/head-reader.ts';
import vectors from './vectors.json' with { type: 'json' };

const bytes = (hex: string) => Buffer.from(hex, 'hex');

export interface HandshakeVector {
  readonly id: string;
  readonly request: OpeningRequest;
  readonly answer: OpeningAnswer;
}

export const HANDSHAKES: readonly HandshakeVector[] = vectors.handshakes.map(({ id, request, response }) => ({
  id,
  request: requestOf(bytes(request)),
  answer: answerOf(bytes(response)),
}));

export function vectorNamed(id: string): HandshakeVector {
  const found = HANDSHAKES.find((vector) => vector.id === id);
  if (!found) throw new Error(`no vector ${id}`);
  return found;
}

/** A request as on the wire, with what follows its head. */
export function requestOf(wire: Uint8Array): OpeningRequest {
  const read = readHead(wire, 'request', CLIENT_HEAD_LIMITS);
  if (read.state !== 'complete') throw new Error(read.state);
  return { head: read.head, body: read.rest, raw: read.raw };
}

export function answerOf(wire: Uint8Array): OpeningAnswer {
  const read = readHead(wire, 'response', CLIENT_HEAD_LIMITS);
  if (read.state !== 'complete') throw new Error(read.state);
  return { head: read.head, body: read.rest };
}

export interface KeyVector {
  readonly id: string;
  readonly key1: string;
  readonly key2: string;
  readonly key3: Uint8Array;
  readonly readings: readonly { readonly digits: string; readonly spaces: number; readonly error: string | undefined }[];
  readonly parts: readonly [bigint, bigint] | undefined;
  readonly challenge: string | undefined;
  readonly answer: string | undefined;
  /** What servers send that never look at the remainder. */
  readonly floorAnswer: string | undefined;
}

export const KEYS: readonly KeyVector[] = vectors.keys76.map((vector) => ({
  id: vector.id,
  key1: vector.key1Text,
  key2: vector.key2Text,
  key3: bytes(vector.body),
  readings: [
    { digits: vector.digits1, spaces: vector.spaces1, error: vector.error1 ?? undefined },
    { digits: vector.digits2, spaces: vector.spaces2, error: vector.error2 ?? undefined },
  ],
  parts: vector.part1 === undefined || vector.part2 === undefined ? undefined : [BigInt(vector.part1), BigInt(vector.part2)],
  challenge: vector.challenge,
  answer: vector.answer,
  floorAnswer: vector.floorAnswer,
}));

export function keysNamed(id: string): KeyVector {
  const found = KEYS.find((vector) => vector.id === id);
  if (!found) throw new Error(`no keys ${id}`);
  return found;
}

export const ACCEPTS = vectors.accept.map(({ id, keyText, acceptText }) => ({ id, key: keyText, accept: acceptText }));
