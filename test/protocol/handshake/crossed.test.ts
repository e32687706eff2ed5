import { expect, test } from 'vitest';
import { crossedWith } from '../../../src/protocol/handshake/crossed.ts';
import { buildRequest } from '../../../src/protocol/handshake/request.ts';
import { answerRequest } from '../../../src/protocol/handshake/response.ts';

function handshake(key: string) {
  const request = buildRequest({ host: 'h', target: '/', key });
  return { request, response: answerRequest(request) };
}

const one = handshake('x3JJHMbDL1EzLkh9GBhXDw==');
const other = handshake('uRovscZjNol/umbTt5uKmw==');

test('answers that were mixed up are told by the key that each proves', () => {
  const crossed = [
    { request: one.request, response: other.response },
    { request: other.request, response: one.response },
  ];
  expect([crossedWith(crossed, 0), crossedWith(crossed, 1)]).toEqual([1, 0]);
});

test('answers that are right are not, nor those that prove nothing', () => {
  expect([crossedWith([one, other], 0), crossedWith([one, other], 1)]).toEqual([undefined, undefined]);
  expect(crossedWith([one, one], 0)).toBeUndefined();
  expect(crossedWith([{ request: one.request }, other], 0)).toBeUndefined();
  expect(crossedWith([{ request: one.request, response: other.response }], 0)).toBeUndefined();
});
