import { readdirSync } from 'node:fs';

const MOST = 200;

/** Paths that begin with `prefix`, sorted; directories end in `/`. Hidden files only where a dot was typed. Never throws. */
export function filesBeginningWith(prefix: string): string[] {
  const cut = prefix.lastIndexOf('/') + 1;
  const directory = prefix.slice(0, cut);
  const begin = prefix.slice(cut);
  try {
    return readdirSync(directory === '' ? '.' : directory, { withFileTypes: true })
      .filter(({ name }) => name.startsWith(begin) && (begin !== '' || !name.startsWith('.')))
      .map((entry) => `${directory}${entry.name}${entry.isDirectory() ? '/' : ''}`)
      .sort()
      .slice(0, MOST);
  } catch {
    return [];
  }
}
