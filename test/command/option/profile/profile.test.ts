import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { run } from '../../../program.ts';
import { site } from '../../../site.ts';

const home = mkdtempSync(join(tmpdir(), 'profile-'));
afterAll(() => rmSync(home, { recursive: true }));
const path = join(home, 'wstap', 'config.json');
mkdirSync(join(home, 'wstap'));

const write = (text: string, mode = 0o600) => {
  writeFileSync(path, text);
  chmodSync(path, mode);
};
const env = (variables: Readonly<Record<string, string>> = {}) => ({
  variables: { XDG_CONFIG_HOME: home, HOME: home, ...variables },
});
const at = (port: number, where = '/') => `ws://127.0.0.1:${port}${where}`;

/** Runs it with one profile, `staging`, against a server that opens; resolves to what that was asked. */
async function asked(profile: (port: number) => object, argv: string[] = [], variables: Readonly<Record<string, string>> = {}) {
  const { port, asked: requests } = await site({ '/chat': 'ws' });
  write(JSON.stringify({ profiles: { staging: { url: at(port, '/chat'), ...profile(port) } } }, undefined, 2));
  const outcome = await run([...argv, '@staging'], '', env(variables));
  return { ...outcome, request: requests[0] };
}

describe('a profile is a URL and options by their long names', () => {
  test.each([[[]], [['connect']], [['-c']]])('wstap %j @staging', async (argv) => {
    const { status, stderr, request } = await asked(() => ({}), argv);
    expect([status, stderr, request?.path]).toEqual([0, '', '/chat']);
  });

  test('handshake @staging, which passes over what is not for it', async () => {
    const { status, stdout, request } = await asked(
      () => ({ headers: { 'X-A': '1' }, reconnect: 3, format: 'raw' }),
      ['handshake'],
    );
    expect([status, request?.field('X-A')]).toEqual([0, '1']);
    expect(stdout).toContain('> GET /chat HTTP/1.1');
  });

  test('headers, subprotocols, switches, numbers, lists', async () => {
    const { request, stderr, status } = await asked(() => ({
      headers: { 'X-One': '1', 'X-Empty': '' },
      subprotocols: ['chat', 'superchat'],
      origin: 'https://a.example',
      compress: true,
      insecure: false,
      quiet: true,
      reconnect: 2,
      'ping-interval': '30s',
      timeout: 5,
      verbose: 0,
    }));
    expect([status, stderr]).toEqual([0, '']);
    expect(
      ['X-One', 'X-Empty', 'Sec-WebSocket-Protocol', 'Origin', 'Sec-WebSocket-Extensions'].map((name) => request?.field(name)),
    ).toEqual(['1', '', 'chat, superchat', 'https://a.example', 'permessage-deflate; client_max_window_bits']);
  });

  test('the command line wins', async () => {
    const profile = () => ({
      headers: { 'X-One': 'profile', 'X-Two': 'profile' },
      subprotocols: ['a'],
      origin: 'https://profile.example',
      compress: true,
      bearer: { env: 'TOKEN' },
    });
    const argv = ['-H', 'x-one: typed', '-s', 'b', '-o', 'https://typed.example', '--no-compress', '--auth', 'u:p'];
    const { request } = await asked(profile, argv, { TOKEN: 'abc' });
    const fields = ['X-One', 'X-Two', 'Sec-WebSocket-Protocol', 'Origin', 'Sec-WebSocket-Extensions', 'Authorization'];
    expect(fields.map((name) => request?.field(name))).toEqual([
      'typed',
      'profile',
      'b',
      'https://typed.example',
      undefined,
      `Basic ${btoa('u:p')}`,
    ]);
  });

  test('secrets come from variables and files, beside the file or from home', async () => {
    writeFileSync(join(home, 'wstap', 'token'), 'from-file\n', { mode: 0o600 });
    writeFileSync(join(home, 'key'), 'from-home', { mode: 0o600 });
    const { request, stderr } = await asked(
      () => ({
        headers: { 'X-Api-Key': { file: '~/key' }, Cookie: { env: 'SESSION', prefix: 'session=' } },
        bearer: { file: 'token' },
      }),
      [],
      { SESSION: 's1' },
    );
    expect(stderr).toBe('');
    expect(['X-Api-Key', 'Cookie', 'Authorization'].map((name) => request?.field(name))).toEqual([
      'from-home',
      'session=s1',
      'Bearer from-file',
    ]);
  });

  test('a file that others may read is mentioned where it holds secrets', async () => {
    const { port } = await site({ '/': 'ws' });
    write(JSON.stringify({ profiles: { a: { url: `ws://u:p@127.0.0.1:${port}/` }, b: { url: at(port) } } }), 0o640);
    expect((await run(['@a'], '', env())).stderr).toBe(
      `wstap: ! "${path}" holds secrets, and others may read it: chmod 600 makes it yours alone\n`,
    );
    expect((await run(['@b'], '', env())).stderr).toBe('');
    writeFileSync(join(home, 'wstap', 'open'), 'x', { mode: 0o644 });
    write(JSON.stringify({ profiles: { c: { url: at(port), bearer: { file: 'open' } } } }));
    expect((await run(['@c'], '', env())).stderr).toContain('/wstap/open" holds a secret, and others may read it');
  });
});

describe('which one: 2', () => {
  const FILE = '{ "profiles": { "staging": { "url": "wss://a.example/?token=x" }, "prod": { "url": "wss://b.example/" } } }';

  test.each<[string, string, string]>([
    [
      '@stagin',
      FILE,
      "wstap: there is no profile '@stagin'; did you mean @staging?\nPATH has:\n  @staging  wss://a.example/?token=***\n  @prod  wss://b.example/\n",
    ],
    ['@', FILE, 'wstap: which profile?\nPATH has:\n'],
    ['@x', '{}', 'wstap: there is no profile in PATH. Write into it:\n  { "profiles": {'],
  ])('%s', async (name, text, said) => {
    write(text);
    const { status, stderr } = await run(['connect', name], '', env());
    expect(status).toBe(2);
    expect(stderr.replaceAll(path, 'PATH')).toContain(said);
  });

  test('without a file it says where one would be', async () => {
    rmSync(path, { force: true });
    const { status, stderr } = await run(['@x'], '', env());
    expect(status).toBe(2);
    expect(stderr).toContain(`wstap: there is no profile '@x', because there is no file ${path}. Write into it:`);
    expect((await run(['@x'], '', { variables: { HOME: home } })).stderr).toContain(`${home}/.config/wstap/config.json`);
    expect((await run(['@x'], '', { variables: { HOME: home, XDG_CONFIG_HOME: 'relative' } })).stderr).toContain(
      `${home}/.config/`,
    );
  });
});

describe('what is wrong in the file is said with line and column: 3', () => {
  const inProfile = (lines: string) =>
    `{\n  "profiles": {\n    "a": {\n      "url": "ws://localhost:1/",\n      ${lines}\n    }\n  }\n}`;

  test.each<[text: string, said: string]>([
    ['', '1:1: the file is empty'],
    ['{\n  "profiles": {', '2:16: a closing } is missing'],
    ['{ "profiles": {} "x": 1 }', '1:18: a comma is missing before this'],
    ['{ "profiles" {} }', '1:14: a colon is missing before this'],
    ['{ "profiles": {}, }', '1:19: a name in double quotes was expected here; after the last member stands no comma'],
    ['{ // mine\n}', '1:3: comments are not allowed in JSON'],
    ['{ "profiles": {} } {}', '1:20: nothing may follow the last }'],
    ['{ profiles: {} }', '1:3: this is no JSON: names and texts stand in double quotes'],
    ['[]', '1:1: the file is an object'],
    ['{ "profile": {} }', '1:14: "profile" is not known here; there is "profiles"'],
    ['{ "profiles": [] }', '1:15: "profiles" is an object'],
    ['{ "profiles": { "a": "ws://x" } }', '1:22: the profile @a is an object'],
    ['{ "profiles": { "a": {} } }', '1:22: the profile @a has no "url"'],
    ['{ "profiles": { "a": { "url": "ws://x", "url": "ws://y" } } }', '1:41: "url" stands here twice'],
    [inProfile('"subprotocol_": "x"'), '5:7: "subprotocol_" is not known; did you mean "subprotocols"?'],
    [inProfile('"header": ["nonsense"]'), "5:18: a header is written 'Name: value'"],
    [inProfile('"headers": { "X Y": "1" }'), '5:27: the name before the colon is not a header name'],
    [inProfile('"qzx": 1'), '5:7: "qzx" is not known; there are url, headers, subprotocols and the long names of options'],
    [inProfile('"help": true'), '5:7: "help" is not known'],
    [inProfile('"timeout": "soon"'), '5:18: --timeout: "soon" is not a time'],
    [inProfile('"dump": "dots"'), '5:15: --dump is one of line, hex, bits'],
    [inProfile('"compress": "yes"'), '5:19: "compress" is true or false'],
    [inProfile('"verbose": "very"'), '5:18: "verbose" is a number from 0 on'],
    [inProfile('"timeout": ["1s"]'), '5:18: "timeout" is one value, not a list'],
    [inProfile('"timeout": null'), '5:18: a text, a number, { "env": "NAME" } or { "file": "PATH" } was expected here'],
    [
      inProfile('"headers": { "Authorization": "Bearer x" }'),
      '5:37: a secret does not belong in this file: write { "env": "NAME" }',
    ],
    [inProfile('"bearer": "abc"'), '5:17: a secret does not belong in this file'],
    [inProfile('"auth": "u:p"'), '5:15: a secret does not belong in this file'],
    [inProfile('"proxy-auth": "u:p"'), '5:21: a secret does not belong in this file'],
    [inProfile('"passphrase": "x"'), '5:21: a secret does not belong in this file'],
    [inProfile('"cookie": ["a=1"]'), '5:18: a secret does not belong in this file'],
    [inProfile('"bearer": { "env": "NOT_SET" }'), '5:26: the variable "NOT_SET" is not set'],
    [inProfile('"bearer": { "file": "missing" }'), 'there is no file'],
    [inProfile('"bearer": { "variable": "X" }'), '5:19: "variable" is not known here; there are "env", "file" and "prefix"'],
    [inProfile('"bearer": {}'), '5:17: either "env" or "file" says where the value is'],
    [inProfile('"bearer": { "env": 1 }'), '5:26: "env" is a text'],
  ])('%j', async (text, said) => {
    write(text);
    const { status, stderr } = await run(['@a'], '', env());
    expect(stderr).toContain(said);
    expect(status).toBe(3);
    if (/^\d/.test(said)) expect(stderr).toMatch(/^wstap: \//);
    expect(stderr).not.toContain("See '");
  });
});

describe('completion', () => {
  const offers = async (...words: string[]) => (await run(['--get-yargs-completions', ...words], '', env())).stdout;

  test('offers the names where a URL may stand', async () => {
    write('{ "profiles": { "staging": { "url": "wss://a.example/" }, "prod": { "url": "wss://b.example/" } } }');
    expect(await offers('fish', '@')).toBe('@staging\twss://a.example/\n@prod\twss://b.example/\n');
    expect(await offers('zsh', 'handshake', '@s')).toBe('@staging:wss://a.example/\n');
    expect(await offers('bash', 'connect', '@', 'p')).toBe('prod\n');
    expect(await offers('bash', '@')).toBe('staging\nprod\n');
    expect(await offers('fish', 'listen', '@')).toBe('');
    write('broken');
    expect(await offers('fish', '@')).toBe('');
  });
});
