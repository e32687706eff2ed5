import { describe, expect, test } from 'vitest';
import { Newest } from '../../../src/command/listen/newest.ts';

describe('the newest texts', () => {
  test('are handed out once, the oldest first', () => {
    const newest = new Newest(3, 100);
    expect(newest.isEmpty).toBe(true);
    newest.add('a');
    newest.add('b');
    expect(newest.isEmpty).toBe(false);
    expect(newest.take()).toEqual({ texts: ['a', 'b'], lost: 0 });
    expect(newest.isEmpty).toBe(true);
    expect(newest.take()).toEqual({ texts: [], lost: 0 });
  });

  test('are so many, and older ones are counted', () => {
    const newest = new Newest(3, 100);
    for (const text of 'abcde') newest.add(text);
    expect(newest.take()).toEqual({ texts: ['c', 'd', 'e'], lost: 2 });
    for (const text of 'fgh') newest.add(text);
    expect(newest.take()).toEqual({ texts: ['f', 'g', 'h'], lost: 0 });
  });

  test('are so long together', () => {
    const newest = new Newest(10, 6);
    for (const text of ['aaa', 'bbb', 'c']) newest.add(text);
    expect(newest.take()).toEqual({ texts: ['bbb', 'c'], lost: 1 });
    for (const text of ['aaaaaa', 'b']) newest.add(text);
    expect(newest.take()).toEqual({ texts: ['b'], lost: 1 });
  });

  test('one that is too long by itself goes, too, and is counted', () => {
    const newest = new Newest(10, 6);
    newest.add('a'.repeat(7));
    expect(newest.isEmpty).toBe(false);
    expect(newest.take()).toEqual({ texts: [], lost: 1 });
  });
});
