import { expect, test } from 'vitest';
import { FAULT_NAMES } from '../../../src/endpoint/fault/table.ts';
import { run, startListen } from '../../program.ts';

test('--fault list: every fault, in 80 columns, what a client must do and what ours does', async () => {
  const { status, stdout, stderr } = await run(['listen', '--fault', 'list']);
  expect([status, stderr]).toEqual([0, '']);
  for (const name of FAULT_NAMES) expect(stdout).toMatch(new RegExp(`^  ${name}(?:\\[| )`, 'm'));
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(stdout).toContain(`
  rsv[=BITS]               sets these reserved bits of messages, no extension
                           giving them a meaning (usually 1)
      client  must fail the connection (RFC 6455 §5.2)
      wstap   fails it with 1002 (rsv-set), exit 7

  opcode[=N]               messages come with this opcode; 3–7 and 11–15 are
                           reserved (usually 3)
      client  must fail the connection (RFC 6455 §5.2)
      wstap   fails it with 1002 (opcode-reserved), exit 7
`);
});

test('a redirect to itself: our client notices the circle, as the list says', async () => {
  const [{ stdout }, { port }] = await Promise.all([run(['listen', '--fault', 'list']), startListen(['--fault', 'redirect'])]);
  expect(stdout).toMatch(/with -L it follows, and stops\s+where that goes round in circles/);
  const { status, stderr } = await run(['-L', `ws://127.0.0.1:${port}/`]);
  expect(status).toBe(6);
  expect(stderr).toContain('The redirects go round in circles');
});

test('--format json: an object a line', async () => {
  const { stdout } = await run(['listen', '--fault', 'list', '--format', 'json']);
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(rows.map(({ name }) => name)).toEqual([...FAULT_NAMES]);
  expect(rows.find(({ name }) => name === 'rsv')).toEqual({
    v: 1,
    name: 'rsv',
    place: 'stream',
    value: { grammar: 'BITS', usual: '1', choices: ['1', '2', '3', '12', '13', '23', '123'] },
    times: 'each',
    does: 'sets these reserved bits of messages, no extension giving them a meaning',
    client: { duty: 'must fail the connection', section: 'RFC 6455 §5.2' },
    wstap: [
      { exit: 7, rule: 'rsv-set' },
      { value: '23', exit: 7, rule: 'rsv-set' },
    ],
  });
});

test('completion offers the names', async () => {
  const { stdout } = await run(['--get-yargs-completions', 'fish', 'listen', '--fault', 'ping-']);
  expect(
    stdout
      .split('\n')
      .map((line) => line.split('\t')[0])
      .filter((word) => word !== ''),
  ).toEqual(['ping-between', 'ping-fragmented', 'ping-long']);
});
