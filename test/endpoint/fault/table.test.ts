import { expect, test } from 'vitest';
import { faultValue, usualValue } from '../../../src/command/listen/fault-value.ts';
import { FAULT_NAMES, FAULT_PLACES, faultRow, isFaultName, isHandshakeFault } from '../../../src/endpoint/fault/table.ts';
import { RULES } from '../../../src/protocol/rule.ts';

test.each(FAULT_NAMES)('%s is told in full', (name) => {
  const { does, duty, section, value, answers } = faultRow(name);
  expect(name).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
  for (const phrase of [does, duty]) expect(phrase).toMatch(/^[^.].*[^.]$/);
  expect(section).toMatch(/^RFC (?:6455|7692|9110|9112) §\d+(?:\.\d+)*$/);
  expect(usualValue(value)).toEqual(value ? faultValue(name, value, value.usual, name) : { number: 0, text: '' });
  for (const { rule, exit } of answers) if (rule) expect([exit, RULES[rule].section]).toEqual([7, expect.any(String)]);
});

test('no name stands in two places', () => {
  const all = Object.values(FAULT_PLACES).flatMap((rows) => Object.keys(rows));
  expect(all).toEqual([...FAULT_NAMES]);
  expect(new Set(all).size).toBe(all.length);
});

test('what is a fault, and of what', () => {
  expect([isFaultName('rsv'), isFaultName('rsw'), isFaultName('toString')]).toEqual([true, false, false]);
  expect([isHandshakeFault('lf'), isHandshakeFault('rsv')]).toEqual([true, false]);
});
