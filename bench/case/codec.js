import { machineTime, wasBusy } from '../machine.js';
import { withSides } from '../side-process.js';
import { micros, SIZES, whole } from '../unit.js';

/** Parsing and building frames in memory, without a socket. */

const COLUMNS = [
  { key: 'rate', label: 'messages/s', format: whole, better: 'more' },
  { key: 'cpu', label: 'cpu µs', format: micros, better: 'less', ratio: true },
];

function table(title, candidates, goal, work) {
  const sample = (candidate, { warmup, window }) =>
    withSides([candidate], async (side) => {
      const before = machineTime();
      const startedAt = performance.now();
      const done = await side.call(work.method, { ...work.options, warmup, window: window / 2 });
      const { cpu } = await side.call('snapshot');
      return { ...done, busy: wasBusy(before, machineTime(), cpu, performance.now() - startedAt) };
    });
  return { title, columns: COLUMNS, reference: 'ws', candidates, goals: [{ factor: goal }], sample };
}

const parsing = (size, masked) =>
  table(`parse ${masked ? 'masked' : 'unmasked'}, ${size}, in chunks of 64 KiB`, ['wstap', 'ws', 'ws+bufferutil'], 4, {
    method: 'parse',
    options: { size: SIZES[size], masked },
  });

export const parse = {
  name: 'parse',
  tables: () => [
    ...Object.keys(SIZES).map((size) => parsing(size, true)),
    ...['16 B', '1 KiB'].map((size) => parsing(size, false)),
  ],
};

export const build = {
  name: 'build',
  tables: () =>
    ['16 B', '1 KiB', '64 KiB'].map((size) =>
      table(`build masked text, ${size}`, ['wstap', 'ws', 'ws+bufferutil', 'undici'], 2.5, {
        method: 'build',
        options: { size: SIZES[size] },
      }),
    ),
};
