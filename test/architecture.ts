import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path/posix';
import { parseAst } from 'vitest/node';

/**
 * Judges the floor plan: which file may import which. Every import counts: type-only, dynamic, re-exported.
 * Works on sources in memory, so that its own test can show it made-up ones.
 */
export type Sources = ReadonlyMap<string, string>;

/** Rooms by floor. Rooms on one floor do not know each other. */
const floors: readonly (readonly string[])[] = [
  ['bytes', 'cli', 'env.ts', 'exit-status.ts'],
  ['protocol'],
  ['session'],
  ['transport', 'view', 'page', 'record', 'conformance'],
  ['endpoint', 'repl'],
  ['command', 'library'],
  ['main.ts', 'index.ts'],
];

/** The same inside protocol/. */
const protocolFloors: readonly (readonly string[])[] = [
  ['rule.ts'],
  ['http', 'frame'],
  ['extension', 'tunnel'],
  ['message', 'handshake'],
  ['dialect'],
  ['connection'],
];

/** Pumps hand events to a sink; what prints, records or judges them is the command's business. */
const ioWing = ['transport', 'endpoint'];
const pureWing = ['view', 'page', 'record', 'conformance'];

const longestFile = 400;
const nodeInProtocol = ['node:buffer', 'node:crypto', 'node:zlib'];

/** All that is wrong, a sentence each, beginning with the file. */
export function faultsIn(sources: Sources): string[] {
  const files = [...sources].map(([path, text]) => ({ path, text, ...read(path, text) }));
  const graph = new Map(files.map(({ path, imports }) => [path, imports.filter(isRelative).map((name) => resolve(path, name))]));
  return [
    ...files.flatMap(({ path, imports }) => imports.flatMap((name) => arrowFaults(path, name))),
    ...files.flatMap(({ path, uses }) => uses.flatMap((use) => useFaults(path, use))),
    ...files.filter(({ text }) => linesOf(text) > longestFile).map(({ path, text }) => `${path} has ${linesOf(text)} lines`),
    ...cyclesIn(graph),
  ];
}

function linesOf(text: string): number {
  return text.split('\n').length - 1;
}

function isRelative(name: string): boolean {
  return name.startsWith('.');
}

function resolve(from: string, name: string): string {
  return join(dirname(from), name);
}

function arrowFaults(from: string, name: string): string[] {
  if (!isRelative(name)) return builtinFaults(from, name);
  const to = resolve(from, name);
  if (!from.startsWith('src/') || to === 'package.json') return [];
  if (!to.startsWith('src/')) return [`${from} imports ${to}, which is outside of src/`];
  const why = forbidden(from.split('/').slice(1), to.split('/').slice(1));
  return why === undefined ? [] : [`${from} imports ${to}: ${why}`];
}

function forbidden(from: readonly string[], to: readonly string[]): string | undefined {
  const [fromRoom = '', fromInner = ''] = from;
  const [toRoom = '', toInner = ''] = to;
  if (fromRoom !== toRoom) {
    if (ioWing.includes(fromRoom) && pureWing.includes(toRoom)) return 'the I/O wing does not know the pure wing';
    return notBelow(floors, fromRoom, toRoom);
  }
  return fromRoom === 'protocol' && fromInner !== toInner ? notBelow(protocolFloors, fromInner, toInner) : undefined;
}

function notBelow(plan: readonly (readonly string[])[], from: string, to: string): string | undefined {
  const [here, there] = [from, to].map((room) => plan.findIndex((floor) => floor.includes(room)));
  if (here === undefined || here === -1) return `${from} has no floor`;
  if (there === undefined || there === -1) return `${to} has no floor`;
  if (there === here) return 'neighbours on a floor do not know each other';
  return there > here ? 'imports go down, not up' : undefined;
}

function builtinFaults(from: string, name: string): string[] {
  const full = name.startsWith('node:') ? name : `node:${name}`;
  if (!isBuiltin(name) || !from.startsWith('src/')) return [];
  if (from.startsWith('src/protocol/') && !nodeInProtocol.includes(full))
    return [`${from} imports ${name}: protocol/ does no I/O`];
  return full === 'node:process' && from !== 'src/env.ts' ? [`${from} imports ${name}: only env.ts and bin/ touch process`] : [];
}

const forbiddenUses = new Map<string, string>([
  ['process', 'only env.ts and bin/ touch process'],
  ['console', 'output goes through the streams of Env'],
  ['Math.random', 'randomness comes from Env.fillRandom'],
  ['Date.now', 'the clock is Env.wallClock'],
  ['new Date()', 'the clock is Env.wallClock'],
  ['performance.now', 'the clock is Env.now'],
]);

const timers = ['setTimeout', 'setInterval', 'setImmediate'];

function useFaults(path: string, use: string): string[] {
  const why = forbiddenUses.get(use);
  const outside = path === 'src/env.ts' || path.startsWith('bin/');
  if (why !== undefined && (use === 'Math.random' || !outside)) return [`${path} uses ${use}: ${why}`];
  return path.startsWith('src/protocol/') && timers.includes(use) ? [`${path} uses ${use}: protocol/ reads no clock`] : [];
}

/** Each cycle once, as `a → b → a`, named from its alphabetically first file. */
function cyclesIn(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const found = new Set<string>();
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): void => {
    const start = trail.indexOf(file);
    if (start !== -1) found.add(cycleName(trail.slice(start)));
    if (start !== -1 || done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...trail, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return [...found];
}

function cycleName(files: readonly string[]): string {
  const first = files.indexOf([...files].sort()[0] ?? '');
  const turned = [...files.slice(first), ...files.slice(0, first + 1)];
  return `cycle: ${turned.join(' → ')}`;
}

interface Reading {
  readonly imports: string[];
  /** Global names that are used, some with their member: `process`, `Math.random`. */
  readonly uses: string[];
}

type Node = Readonly<Record<string, unknown>> & { readonly type: string };

function read(path: string, text: string): Reading {
  const lang = path.endsWith('.ts') ? 'ts' : 'js';
  // A hash-bang line is no JavaScript.
  const program = parseAst(text.replace(/^#!.*/, ''), { lang, astType: lang });
  const reading: Reading = { imports: [], uses: [] };
  walk(program, reading);
  return reading;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function walk(value: unknown, reading: Reading): void {
  if (Array.isArray(value)) for (const item of value) walk(item, reading);
  if (!isNode(value)) return;
  note(value, reading);
  for (const [field, child] of Object.entries(value)) if (!isMereName(value, field)) walk(child, reading);
}

function note(node: Node, { imports, uses }: Reading): void {
  if (isNode(node.source) && typeof node.source.value === 'string') imports.push(node.source.value);
  if (node.type === 'Identifier') uses.push(String(node.name));
  if (node.type === 'NewExpression' && nameOf(node.callee) === 'Date' && String(node.arguments) === '') uses.push('new Date()');
  if (node.type !== 'MemberExpression') return;
  const object = nameOf(node.object);
  const member = nameOf(node.property) ?? literalOf(node.property);
  if (object === 'globalThis' || object === 'global') uses.push(`${member}`);
  else uses.push(`${object}.${member}`);
}

/** `x.process` and `{ process: 1 }` are no use of the global. */
function isMereName(node: Node, field: string): boolean {
  return (field === 'property' || field === 'key') && node.computed !== true;
}

function nameOf(node: unknown): string | undefined {
  return isNode(node) && node.type === 'Identifier' ? String(node.name) : undefined;
}

function literalOf(node: unknown): string | undefined {
  return isNode(node) && node.type === 'Literal' ? String(node.value) : undefined;
}
