import { build } from 'esbuild';
import { expect, test } from 'vitest';

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
