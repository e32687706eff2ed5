import { maskedFrame } from './frame.js';

/** Frames from memory, in chunks as a socket would give them, through a candidate's parser. */

const CHUNK = 64 * 1024;

/** Returns messages a second and µs of processor time a message. Filling the chunks again is not in the times. */
export function parse(candidate, { size, masked, warmup, window }) {
  const stream = streamOf(size, masked);
  const pristine = [];
  for (let at = 0; at < stream.length; at += CHUNK) pristine.push(stream.subarray(at, at + CHUNK));
  const chunks = pristine.map((piece) => Buffer.allocUnsafeSlow(piece.length));
  let messages = 0;
  const push = candidate.parser({ masked }, (length) => {
    if (length !== size) throw new Error(`parsed a message of ${length} bytes, not ${size}`);
    messages++;
  });
  const pass = () => {
    // Parsers unmask in place: each pass needs the bytes as they were.
    for (const [index, piece] of pristine.entries()) chunks[index].set(piece);
    const cpu = process.cpuUsage();
    const startedAt = performance.now();
    for (const chunk of chunks) push(chunk);
    const elapsed = performance.now() - startedAt;
    const { user, system } = process.cpuUsage(cpu);
    return { elapsed, cpu: user + system };
  };
  return timed(pass, () => messages, warmup, window);
}

/** Passes until `window` ms were measured. */
async function timed(pass, count, warmup, window) {
  const warmUntil = performance.now() + warmup;
  while (performance.now() < warmUntil) await turn(pass);
  const before = count();
  let elapsed = 0;
  let cpu = 0;
  while (elapsed < window) {
    const took = await turn(pass);
    elapsed += took.elapsed;
    cpu += took.cpu;
  }
  const messages = count() - before;
  return { rate: (messages / elapsed) * 1000, cpu: cpu / messages, elapsed, used: cpu };
}

/** What a parser puts off, it does before the next pass. */
async function turn(pass) {
  const took = pass();
  await new Promise(setImmediate);
  return took;
}

function streamOf(size, masked) {
  const frame = maskedFrame(Buffer.alloc(size, 'x'), masked);
  const copies = Math.max(16, Math.floor((4 * 1024 * 1024) / frame.length));
  return Buffer.concat(Array.from({ length: copies }, () => frame));
}
