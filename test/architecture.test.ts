import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { describe, expect, test } from 'vitest';
import { faultsIn } from './architecture.ts';

const root = join(import.meta.dirname, '..');

function sourcesIn(folder: string): [path: string, text: string][] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[jt]s$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [relative(root, path).split(sep).join('/'), readFileSync(path, 'utf8')]);
}

test('the floor plan holds', () => {
  const sources = new Map([...sourcesIn('src'), ...sourcesIn('bin')]);
  expect(sources.size).toBeGreaterThan(10);
  expect(faultsIn(sources)).toEqual([]);
});

/** The program is bundled in parts that share no code: each has classes of its own. Those of one say no to the objects of another. */
test('no class of the program is told by instanceof', () => {
  const own = /\binstanceof (?!Buffer\b|Error\b|Socket\b|Uint8Array\b|Uint32Array\b)[\w.]+/g;
  const program = sourcesIn('src').filter(([path]) => !/^src\/(?:library|page)\//.test(path));
  const found = program.flatMap(([path, text]) => (text.match(own) ?? []).map((words) => `${path}: ${words}`));
  expect(found).toEqual([]);
});

describe('the checker finds', () => {
  const to = (path: string) => `import { x } from '${path}';`;

  test.each<[file: string, source: string, faults: string[]]>([
    // arrows that are allowed
    ['src/view/line.ts', to('../protocol/frame/frame.ts'), []],
    ['src/view/line.ts', to('./escape.ts'), []],
    ['src/command/connect.ts', to('../view/line.ts') + to('../endpoint/client.ts') + to('../cli/option.ts'), []],
    ['src/endpoint/client.ts', to('../transport/tcp.ts'), []],
    ['src/repl/terminal.ts', to('../view/escape.ts'), []],
    ['src/main.ts', to('./command/table.ts') + to('../package.json'), []],
    ['src/protocol/frame/frame.ts', to('../rule.ts') + to('node:crypto') + to('node:zlib') + to('node:buffer'), []],
    ['src/protocol/connection/connection.ts', to('../dialect/rfc6455.ts') + to('../../bytes/mask.ts'), []],
    ['bin/wstap.js', "#!/usr/bin/env node\nprocess.exitCode = 1; await import('../dist/main.js');", []],
    ['src/env.ts', 'process.kill(1); Date.now(); performance.now(); new Date();', []],
    // up, sideways, between the wings
    ['src/session/event.ts', to('../view/line.ts'), ['src/session/event.ts imports src/view/line.ts: imports go down, not up']],
    [
      'src/endpoint/client.ts',
      "import type { X } from '../repl/line.ts';",
      ['src/endpoint/client.ts imports src/repl/line.ts: neighbours on a floor do not know each other'],
    ],
    [
      'src/repl/line.ts',
      "type X = import('../endpoint/client.ts').X;",
      ['src/repl/line.ts imports src/endpoint/client.ts: neighbours on a floor do not know each other'],
    ],
    [
      'src/endpoint/client.ts',
      "const view = await import('../view/line.ts');",
      ['src/endpoint/client.ts imports src/view/line.ts: the I/O wing does not know the pure wing'],
    ],
    [
      'src/transport/tcp.ts',
      "export * from '../record/har.ts';",
      ['src/transport/tcp.ts imports src/record/har.ts: the I/O wing does not know the pure wing'],
    ],
    [
      'src/cli/help.ts',
      "export { x } from '../bytes/utf8.ts';",
      ['src/cli/help.ts imports src/bytes/utf8.ts: neighbours on a floor do not know each other'],
    ],
    ['src/cli/help.ts', to('../main.ts'), ['src/cli/help.ts imports src/main.ts: imports go down, not up']],
    ['src/tools/x.ts', to('../cli/help.ts'), ['src/tools/x.ts imports src/cli/help.ts: tools has no floor']],
    ['src/cli/help.ts', to('../../test/x.ts'), ['src/cli/help.ts imports test/x.ts, which is outside of src/']],
    // inside protocol/
    [
      'src/protocol/frame/decode.ts',
      to('../http/head.ts'),
      ['src/protocol/frame/decode.ts imports src/protocol/http/head.ts: neighbours on a floor do not know each other'],
    ],
    [
      'src/protocol/rule.ts',
      to('./frame/frame.ts'),
      ['src/protocol/rule.ts imports src/protocol/frame/frame.ts: imports go down, not up'],
    ],
    // what protocol/ may not have
    ['src/protocol/rule.ts', to('node:net'), ['src/protocol/rule.ts imports node:net: protocol/ does no I/O']],
    ['src/protocol/rule.ts', to('fs/promises'), ['src/protocol/rule.ts imports fs/promises: protocol/ does no I/O']],
    ['src/protocol/rule.ts', 'setTimeout(f, 1);', ['src/protocol/rule.ts uses setTimeout: protocol/ reads no clock']],
    ['src/transport/tcp.ts', `${to('node:net')} setTimeout(f, 1);`, []],
    // the outside world
    ['src/view/line.ts', 'x(process.env);', ['src/view/line.ts uses process: only env.ts and bin/ touch process']],
    ['src/view/line.ts', 'globalThis.process;', ['src/view/line.ts uses process: only env.ts and bin/ touch process']],
    ['src/view/line.ts', to('node:process'), ['src/view/line.ts imports node:process: only env.ts and bin/ touch process']],
    ['src/view/line.ts', 'x.process; y = { process: 1 }; "process"; // process', []],
    ['src/view/line.ts', 'console.log(1);', ['src/view/line.ts uses console: output goes through the streams of Env']],
    ['src/env.ts', 'Math.random();', ['src/env.ts uses Math.random: randomness comes from Env.fillRandom']],
    ['src/view/line.ts', "Math['random']();", ['src/view/line.ts uses Math.random: randomness comes from Env.fillRandom']],
    ['src/view/line.ts', 'Date.now();', ['src/view/line.ts uses Date.now: the clock is Env.wallClock']],
    ['src/view/line.ts', 'new Date(1);', []],
    ['src/view/line.ts', 'new Date();', ['src/view/line.ts uses new Date(): the clock is Env.wallClock']],
    ['src/view/line.ts', 'performance.now();', ['src/view/line.ts uses performance.now: the clock is Env.now']],
    // size
    ['src/view/line.ts', '\n'.repeat(400), []],
    ['src/view/line.ts', '\n'.repeat(401), ['src/view/line.ts has 401 lines']],
  ])('%s %s', (file, source, faults) => {
    expect(faultsIn(new Map([[file, source]]))).toEqual(faults);
  });

  test('a cycle between files, once, whatever kind of import closes it', () => {
    const sources = new Map([
      ['src/view/c.ts', to('./a.ts')],
      ['src/view/a.ts', "import type { B } from './b.ts';"],
      ['src/view/b.ts', "const c = import('./c.ts');"],
      ['src/view/d.ts', to('./a.ts') + to('./d.ts')],
    ]);
    expect(faultsIn(sources)).toEqual([
      'cycle: src/view/a.ts → src/view/b.ts → src/view/c.ts → src/view/a.ts',
      'cycle: src/view/d.ts → src/view/d.ts',
    ]);
  });
});
