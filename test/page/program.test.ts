import { expect, test } from 'vitest';
import { pageDocument } from '../../src/page/page.ts';
import { ask } from '../http.ts';
import { buildsProgram, spawnProgram } from '../process.ts';

buildsProgram();

test('the built program has the whole page with it', async () => {
  const child = spawnProgram(['listen', '0'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const address = await new Promise<URL>((resolve) => {
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      const [, found] = /look inside with a browser: (\S+)\n/.exec(said) ?? [];
      if (found) resolve(new URL(found));
    });
  });
  const { status, body } = await ask(Number(address.port), `/${address.search}`);
  expect(status).toBe(200);
  expect(body.equals(Buffer.from(pageDocument().body))).toBe(true);
});
