import { readFile } from 'node:fs/promises';
import { LocalError } from '../command.ts';

/** A file, whole. Throws `LocalError` that says which and why. */
export async function readLocal(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new LocalError(fileTrouble(error, path));
  }
}

/** What the system said of a file, in words. */
export function fileTrouble(error: unknown, path: string, verb = 'read'): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return `there is no file ${JSON.stringify(path)}`;
  if (code === 'EACCES') return `${JSON.stringify(path)} may not be ${verb}`;
  if (code === 'EISDIR') return `${JSON.stringify(path)} is a directory`;
  return `${JSON.stringify(path)} cannot be ${verb}: ${message}`;
}
