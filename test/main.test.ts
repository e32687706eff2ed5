import { describe, expect, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { main } from '../src/main.ts';
import { FakeEnv } from './fake-env.ts';
import { echoServer, GoodClient } from './peer.ts';
import { run, start } from './program.ts';

describe('what wstap says about itself', () => {
  test.each([['--help'], ['-h'], ['help']])('%s', async (word) => {
    const { status, stdout, stderr } = await run([word]);
    expect([status, stderr]).toEqual([0, '']);
    for (const name of ['connect', 'listen', 'handshake', 'completion'])
      expect(stdout).toMatch(new RegExp(`^ {2}${name} +\\S`, 'm'));
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test.each([['connect'], ['listen'], ['handshake'], ['completion']])('%s --help, -h, and help %s', async (name) => {
    const { status, stdout, stderr } = await run([name, '--help']);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp(`^Usage: wstap ${name} `));
    expect(await run([name, '-h'])).toEqual({ status, stdout, stderr });
    expect(await run(['help', name])).toEqual({ status, stdout, stderr });
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test('--version, whatever stands beside it', async () => {
    const told = { status: 0, stdout: `wstap ${manifest.version}\n`, stderr: '' };
    expect(await run(['--version'])).toEqual(told);
    expect(await run(['connect', '-V'])).toEqual(told);
  });

  test('help needs no standard input', async () => {
    const env = new FakeEnv();
    Object.defineProperty(env, 'stdin', { get: () => expect.fail('stdin was opened') });
    expect(await main(env, ['--help'])).toBe(0);
  });
});

describe('usage: 2, and what to write instead', () => {
  test.each<[string[], string]>([
    [['--hexx'], "wstap: Unknown option '--hexx'; did you mean --hex?\nSee 'wstap connect --help'.\n"],
    [['--excute', 'x'], 'did you mean --execute?'],
    [['-Z'], "wstap: Unknown option '-Z'"],
    [['listen', '--brodcast'], 'did you mean --broadcast?'],
    [['-v', 'listen'], 'wstap: the command comes first: wstap listen'],
    [['-v', 'listen', '8080'], 'wstap: the command comes first: wstap listen'],
    [['a.example', 'b.example'], 'b.example'],
    [['-c', 'a.example', 'b.example'], 'wstap: two URLs were given: one connection at a time'],
    [['-H'], "wstap: -H needs a value; write -H 'K: V'."],
    [['--count', 'x'], '--count'],
    [['--format', 'xml'], '--format is one of text, json, hex, raw'],
    [['--dump=dots'], '--dump is one of line, hex, bits'],
    [['ws://a.example/#b'], 'a WebSocket URL must not'],
    [['-i', '-x', 'a'], 'wstap: -i needs a terminal at standard input and output'],
    [['handshake'], 'URL|FILE|- is missing'],
    [['completion', 'tcsh'], 'bash'],
  ])('%j', async (argv, said) => {
    const outcome = await run(argv);
    expect(outcome).toMatchObject({ status: 2, stdout: '' });
    expect(outcome.stderr).toContain(said);
    expect(outcome.stderr).toMatch(/^wstap: /);
    expect(outcome.stderr).not.toMatch(/\n {4}at /);
  });
});

test('a command’s name may be a value', async () => {
  expect(await run(['-x', 'listen', '-w', '50ms'])).toEqual({ status: 0, stdout: 'listen\n', stderr: '' });
});

describe('wscat’s habits', () => {
  test.each<[string[]]>([
    [['-c']],
    [['--connect']],
    [['--no-check', '-c']],
    [['-n', '--slash', '-P', '--no-color', '-c']],
    [['-p', '13', '-H', 'a: b', '-s', 'x', '-o', 'http://localhost', '--host', 'localhost', '-c']],
    [['--auth', 'a:b', '-w', '1', '-c']],
  ])('%j URL -x MSG', async (argv) => {
    const { url } = await echoServer({ handleProtocols: () => 'x' });
    const plain = argv.includes('-s') ? url : (await echoServer()).url;
    expect(await run([...argv, plain, '-x', 'hi', '-w', '0.05'])).toMatchObject({ status: 0, stdout: 'hi\n' });
  });

  test.each<[string[]]>([
    [['-l', '0']],
    [['--listen', '0']],
    [['--listen=0']],
    [['-l0']],
    [['-l=0']],
    [['--echo', '-l', '0']],
    [['-vl', '0']],
    [['-vvl0']],
    [['-x', '-l', '-l', '0']],
  ])('%j', async (argv) => {
    const { env, outcome } = start(argv);
    const [, port] = await env.stderr.until(/listening on ws:\/\/127\.0\.0\.1:(\d+)/);
    await new GoodClient(Number(port)).open();
    env.signal('SIGINT');
    expect((await outcome).status).toBe(130);
  });
});

test('completion: scripts for three shells, and answers', async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { status, stdout } = await run(['completion', shell]);
    expect([status, stdout.includes('--get-yargs-completions')]).toEqual([0, true]);
  }
  const byVariable = await run(['completion'], '', { variables: { SHELL: '/usr/bin/zsh' } });
  expect(byVariable).toEqual(await run(['completion', 'zsh']));
  const { stdout } = await run(['--get-yargs-completions', 'bash', 'listen', '--bro']);
  expect(stdout).toMatch(/^--broadcast\b/m);
});

describe('a bug of ours: 70, and one line', () => {
  const broken = (variables: Record<string, string>) => {
    const env = new FakeEnv({ variables });
    env.fillRandom = () => {
      throw new Error('no luck');
    };
    return env;
  };

  test('asks for a report', async () => {
    const env = broken({});
    expect(await main(env, ['ws://127.0.0.1:1/'])).toBe(70);
    expect(env.stderr.text).toBe('wstap: this is a bug in wstap, please report it: no luck (WSTAP_DEBUG=1 shows where)\n');
  });

  test('WSTAP_DEBUG=1 shows where', async () => {
    const env = broken({ WSTAP_DEBUG: '1' });
    await main(env, ['ws://127.0.0.1:1/']);
    expect(env.stderr.text).toMatch(/no luck\nError: no luck\n {4}at /);
  });
});
