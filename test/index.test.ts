import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { expect, onTestFinished, test } from 'vitest';

test('the library brings nothing of the command line along, nor of anybody else', async () => {
  const { metafile } = await build({
    entryPoints: ['src/index.ts'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const rooms = new Set(Object.keys(metafile.inputs).map((path) => /^(?:src\/)?[^/]+/.exec(path)?.[0]));
  expect([...rooms].sort()).toEqual(
    ['bytes', 'endpoint', 'env.ts', 'index.ts', 'library', 'protocol', 'transport'].map((room) => `src/${room}`),
  );
});

test('its exports', async () => {
  expect(Object.keys(await import('../src/index.ts')).sort()).toEqual([
    'CloseEvent',
    'InspectError',
    'ProtocolError',
    'WebSocket',
    'WebSocketError',
    'WebSocketServer',
    'WebSocketStream',
    'inspect',
  ]);
});

test('bundled, its classes have their names', async () => {
  const { outputFiles } = await build({
    entryPoints: ['src/index.ts'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
    logLevel: 'silent',
  });
  const folder = mkdtempSync(join(tmpdir(), 'wstap-names-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'index.mjs');
  writeFileSync(file, outputFiles[0]?.text ?? '');
  const source = `import * as library from ${JSON.stringify(pathToFileURL(file))};
    const server = new library.WebSocketServer({ port: 0, host: '127.0.0.1' });
    server.on('listening', () => new library.WebSocket('ws://127.0.0.1:' + server.address().port));
    server.on('connection', (socket) => {
      const names = Object.entries(library).map(([name, { name: own }]) => [name, own]);
      console.log(JSON.stringify(names.filter(([name, own]) => own && name !== own)), socket.constructor.name, server.constructor.name);
      process.exit();
    });`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', source]);
  expect(stdout).toBe('[] ServerWebSocket WebSocketServer\n');
});
