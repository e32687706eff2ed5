import { spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileOrNothing } from './machine.js';

/**
 * A command from its start to its end, as a shell sees it: wall and processor time by the `time` of bash, peak memory from
 * `/proc`, and the lines that came out by `wc`.
 */
const TIMED = `{ time "$@" 2>&4 3>&- 4>&-; } 2>&3`;
const TAIL = { nothing: '>/dev/null', count: '| wc -l', stalled: '| sleep 3600' };
const POLL = 20;

/**
 * `input`: a file, or nothing for standard input that stays open and silent; `again`: how often the file is repeated through
 * a pipe; `limit`: ms after which it is ended, for what would not end. Times in ms, memory in bytes;
 * `endedAt` is on the wall clock, with whoever read the output.
 */
export async function wholeProcess(command, { input, again = 0, output = 'nothing', limit, variables = {}, memory = false }) {
  const head = again > 0 ? `cat ${Array(again).fill('"$BENCH_INPUT"').join(' ')} |` : '';
  const script = `TIMEFORMAT='%R %U %S'; exec 4>&2; ${head} ${TIMED} ${TAIL[output]}`;
  const file = input && again === 0 ? openSync(input, 'r') : undefined;
  const child = spawn('bash', ['-c', script, 'bash', ...command], {
    env: { ...process.env, ...variables, BENCH_INPUT: input ?? '' },
    stdio: [file ?? 'pipe', 'pipe', 'ignore', 'pipe'],
    detached: true,
  });
  if (file !== undefined) closeSync(file);
  const [out, times] = [collect(child.stdout), collect(child.stdio[3])];
  const closed = new Promise((resolve) => child.once('close', resolve));
  const ended = { at: undefined };
  child.once('exit', () => {
    ended.at = performance.timeOrigin + performance.now();
  });
  const timer = limit && setTimeout(() => endGroup(child), limit);
  const peak = memory ? await watchMemory(child.pid, ended) : undefined;
  await closed;
  clearTimeout(timer);
  const [real, user, system] = times.text.trim().split(' ').map(Number);
  return { wall: real * 1000, cpu: (user + system) * 1000, peak, lines: Number(out.text), endedAt: ended.at };
}

/** Ends the command and what stands beside it in the pipe: all were started here, in a group of their own. */
function endGroup(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Ended on its own meanwhile.
  }
}

function collect(stream) {
  const collected = { text: '' };
  stream.on('data', (chunk) => {
    collected.text += chunk;
  });
  return collected;
}

async function watchMemory(shell, ended) {
  let peak;
  let pid;
  while (ended.at === undefined) {
    pid ??= nodeBelow(shell);
    const line = pid && /^VmHWM:\s+(\d+) kB/m.exec(fileOrNothing(`/proc/${pid}/status`) ?? '');
    if (line) peak = Number(line[1]) * 1024;
    await sleep(POLL);
  }
  return peak;
}

/** The process of Node among a shell's descendants. */
function nodeBelow(pid) {
  try {
    if (readlinkSync(`/proc/${pid}/exe`) === process.execPath) return pid;
    const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      (fileOrNothing(`/proc/${pid}/task/${task}/children`) ?? '').split(' ').filter(Boolean),
    );
    for (const child of children) {
      const found = nodeBelow(child);
      if (found) return found;
    }
  } catch {
    // Ended meanwhile, or not a system with /proc.
  }
  return undefined;
}
