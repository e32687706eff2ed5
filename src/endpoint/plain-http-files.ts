import { constants } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { lookup } from 'mrmime';
import { type Field, fieldValues, type RequestHead } from '../protocol/http/head.ts';
import { type PlainAnswer, type StreamedBody, textAnswer } from './plain-http.ts';
import { type FilePath, filePath, isHidden } from './plain-http-path.ts';

/** The files of a directory, for GET and HEAD. Nothing outside of it is served, whatever a path or a link in it says. */

/** A piece of a file, in bytes. */
const PIECE = 64 * 1024;

/** `root`: as `realpath` gives it. */
export async function fileAnswer(root: string, request: RequestHead): Promise<PlainAnswer> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return textAnswer(405, 'Files are read with GET or HEAD.', [{ name: 'Allow', value: 'GET, HEAD' }]);
  }
  const asked = filePath(request.target);
  if (!asked) return NOT_FOUND;
  try {
    return await answerTo(root, asked, request);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EPERM') return textAnswer(403, 'This file may not be read.');
    if (code !== undefined && ABSENT.has(code)) return NOT_FOUND;
    throw error;
  }
}

const NOT_FOUND = textAnswer(404, 'There is no such file.');
const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'ENXIO', 'EISDIR', 'EINVAL', 'ENODEV']);

async function answerTo(root: string, { path, names, isDirectory }: FilePath, request: RequestHead): Promise<PlainAnswer> {
  const real = await realpath(join(root, ...names, ...(isDirectory ? ['index.html'] : [])));
  if (!isInside(root, real)) return NOT_FOUND;
  // A pipe would be waited for, and a link that was put there meanwhile is not followed.
  const file = await open(real, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  const stats = await file.stat().catch(() => undefined);
  if (stats?.isFile()) return fileFound(file, real, stats, request);
  await file.close();
  if (!stats?.isDirectory() || isDirectory) return NOT_FOUND;
  // So that links in its index are read from there. It begins with one slash: it cannot lead to another host.
  const query = request.target.slice(path.length);
  return textAnswer(301, 'It is a directory.', [{ name: 'Location', value: `${path}/${query}` }]);
}

function isInside(root: string, real: string): boolean {
  const way = relative(root, real);
  return !isAbsolute(way) && way.split(sep).every((name) => !isHidden(name));
}

type Facts = Pick<Awaited<ReturnType<FileHandle['stat']>>, 'size' | 'mtimeMs'>;

async function fileFound(file: FileHandle, path: string, stats: Facts, request: RequestHead): Promise<PlainAnswer> {
  const size = Number(stats.size);
  const changed = Math.trunc(Number(stats.mtimeMs));
  const tag = `W/"${size.toString(16)}-${changed.toString(16)}"`;
  const fields: Field[] = [
    { name: 'Content-Type', value: contentType(path) },
    { name: 'X-Content-Type-Options', value: 'nosniff' },
    // Pages of this machine may use it, whatever their port; foreign ones may not.
    { name: 'Cross-Origin-Resource-Policy', value: 'same-site' },
    // Asked for again each time: what is being worked on changes.
    { name: 'Cache-Control', value: 'no-cache' },
    { name: 'ETag', value: tag },
    { name: 'Last-Modified', value: new Date(changed).toUTCString() },
  ];
  if (!isKnown(request, tag, changed)) return { status: 200, fields, body: new FileBody(file, size) };
  await file.close();
  return { status: 304, fields, body: new Uint8Array(0) };
}

/**
 * Whether whoever asks has it already. "A recipient MUST ignore If-Modified-Since if the request contains an If-None-Match
 * header field" (RFC 9110 §13.1.3).
 */
function isKnown(request: RequestHead, tag: string, changed: number): boolean {
  const tags = fieldValues(request, 'If-None-Match').flatMap((value) => value.split(',').map((each) => each.trim()));
  if (tags.length > 0) return tags.includes('*') || tags.some((known) => known.replace(/^W\//, '') === tag.slice(2));
  const [since = '', second] = fieldValues(request, 'If-Modified-Since');
  // It has no fractions of a second.
  return second === undefined && HTTP_DATE.test(since) && Date.parse(since) >= Math.trunc(changed / 1000) * 1000;
}

const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

function contentType(path: string): string {
  const type = lookup(path) ?? 'application/octet-stream';
  return /^text\/|javascript$|json$|\+xml$/.test(type) ? `${type}; charset=utf-8` : type;
}

class FileBody implements StreamedBody {
  readonly #file: FileHandle;
  readonly length: number;

  constructor(file: FileHandle, length: number) {
    this.#file = file;
    this.length = length;
  }

  async *pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < this.length; ) {
      const piece = Buffer.alloc(Math.min(PIECE, this.length - at));
      const { bytesRead } = await this.#file.read(piece, 0, piece.length, at);
      if (bytesRead === 0) return;
      yield piece.subarray(0, bytesRead);
      at += bytesRead;
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
