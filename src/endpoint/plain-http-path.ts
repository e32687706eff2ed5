import { sep } from 'node:path';

/**
 * A request-target → the names that lead to a file, below the directory that is served. Whatever could lead elsewhere, or to
 * what is hidden, leads nowhere: nothing is repaired.
 */
export interface FilePath {
  /** As in the target, still encoded. */
  readonly path: string;
  /** Decoded, none of them empty, `.` or `..`, hidden, or with a separator in it. */
  readonly names: readonly string[];
  /** It ends with a slash. */
  readonly isDirectory: boolean;
}

export function filePath(target: string): FilePath | undefined {
  const [path = ''] = target.split(/[?#]/, 1);
  if (!path.startsWith('/')) return undefined;
  const isDirectory = path.endsWith('/');
  const encoded = path.slice(1).split('/');
  if (isDirectory) encoded.pop();
  const names = encoded.map(decoded);
  return names.every(isSafeName) ? { path, names, isDirectory } : undefined;
}

/** Once, and by itself: a slash that comes out of it separates nothing. */
function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

function isSafeName(name: string | undefined): name is string {
  if (name === undefined || name === '' || isHidden(name) || /[/\\\0-\x1f\x7f]/.test(name)) return false;
  // Windows: drives, streams, devices, and ends that it drops.
  return sep === '/' || !/[:*?"<>|]|[. ]$|^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(name);
}

export function isHidden(name: string): boolean {
  return name.startsWith('.');
}
