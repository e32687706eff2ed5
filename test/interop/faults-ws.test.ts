import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { FAULT_NAMES, faultRow } from '../../src/endpoint/fault/table.ts';
import { startListen } from '../program.ts';

/** What somebody else's client makes of the faults that ours fails for: what the list calls a must, others take for one too. */

/** Node reads a 101 of HTTP/1.0 too; a form of the length that is longer than need be is let pass by all others that were tried. */
const LET_PASS = new Set(['http-version', 'length-form', 'length-form=64']);

const CASES = FAULT_NAMES.flatMap((name) =>
  faultRow(name).answers.flatMap(({ value, rule, finding }) => {
    const fault = value === undefined ? name : `${name}=${value}`;
    return rule || finding ? [[fault, name] as const] : [];
  }),
);

test.each(CASES)('ws and --fault %s', async (fault, name) => {
  const { port } = await startListen(['--echo', '--fault', fault]);
  const deflate = faultRow(name).deflate === 'needed';
  const client = new WebSocket(`ws://127.0.0.1:${port}/`, {
    perMessageDeflate: deflate,
    maxPayload: 1024 * 1024,
    followRedirects: false,
  });
  const outcome = new Promise<string>((resolve) => {
    client.on('error', () => resolve('failed'));
    client.on('close', (code) => resolve(`closed ${code}`));
  });
  let seen = 0;
  client.on('open', () => {
    for (const text of ['one', 'two']) client.send(text);
  });
  client.on('message', () => {
    seen += 1;
    if (seen === 2) client.close(1000);
  });
  expect(await outcome).toBe(LET_PASS.has(fault) ? 'closed 1000' : 'failed');
});
