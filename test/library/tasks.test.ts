import { expect, test } from 'vitest';
import { Tasks } from '../../src/library/tasks.ts';

/** Runs `script` and gives what was noted until nothing was left to do. */
function run(script: (tasks: Tasks<() => void>, note: (line: string) => void) => void, goesOn = true): Promise<string[]> {
  const lines: string[] = [];
  return new Promise((resolve) => {
    const tasks = new Tasks<() => void>(
      (task) => {
        task();
        return goesOn;
      },
      () => {
        lines.push('idle');
        resolve(lines);
      },
    );
    script(tasks, (line) => lines.push(line));
  });
}

test('tasks run in order, and none while the code that queued them runs', async () => {
  const lines = await run((tasks, note) => {
    tasks.add(() => note('one'));
    tasks.add(() => note('two'));
    note('queued');
  });
  expect(lines).toEqual(['queued', 'one', 'two', 'idle']);
});

/** A microtask that queues a microtask, and so on. */
async function chain(note: (line: string) => void, name: string): Promise<void> {
  for (let i = 1; i <= 5; i++) {
    await undefined;
    note(`${name}${i}`);
  }
}

test('behind a task that goes on, every microtask and whatever those queue runs before the next task', async () => {
  const lines = await run((tasks, note) => {
    for (const name of ['a', 'b']) {
      tasks.add(() => {
        note(name);
        void chain(note, name);
      });
    }
  });
  expect(lines).toEqual(['a', 'a1', 'a2', 'a3', 'a4', 'a5', 'b', 'b1', 'b2', 'b3', 'b4', 'b5', 'idle']);
});

test('behind one that does not say so, its own microtasks do; and behind the last one all of them, before it is idle', async () => {
  const lines = await run((tasks, note) => {
    for (const name of ['a', 'b']) {
      tasks.add(() => {
        note(name);
        void chain(note, name);
      });
    }
  }, false);
  expect(lines.slice(0, 3)).toEqual(['a', 'a1', 'b']);
  expect(lines.filter((line) => line.startsWith('b'))).toEqual(['b', 'b1', 'b2', 'b3', 'b4', 'b5']);
  expect(lines.at(-1)).toBe('idle');
});

test('a task that is added by a task, or by one of its microtasks, comes last', async () => {
  const lines = await run((tasks, note) => {
    tasks.add(() => {
      note('one');
      tasks.add(() => note('three'));
      queueMicrotask(() => tasks.add(() => note('four')));
    });
    tasks.add(() => note('two'));
  });
  expect(lines).toEqual(['one', 'two', 'three', 'four', 'idle']);
});

test('no timer, immediate or event of the loop comes between tasks that were queued together', async () => {
  const lines = await run((tasks, note) => {
    setImmediate(() => note('immediate'));
    for (let i = 0; i < 3; i++) tasks.add(() => note(`task ${i}`));
  });
  expect(lines).toEqual(['task 0', 'task 1', 'task 2', 'idle']);
});

test('it can be busy again', async () => {
  let idle = 0;
  const done: number[] = [];
  await new Promise<void>((resolve) => {
    const tasks = new Tasks<number>(
      (task) => {
        done.push(task);
        return false;
      },
      () => {
        expect(tasks.busy).toBe(false);
        if (++idle === 2) resolve();
        else tasks.add(2);
      },
    );
    tasks.add(1);
    expect(tasks.busy).toBe(true);
  });
  expect(done).toEqual([1, 2]);
});
