import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { parseHex } from '../../bytes/hex.ts';
import { parseDuration } from '../../cli/value.ts';
import { parseJsonPath } from '../../endpoint/behaviour/json-path.ts';
import type { Condition, Rule, Script, Step } from '../../endpoint/behaviour/script.ts';
import { type JsonTemplate, parseTemplate, type Template } from '../../endpoint/behaviour/template.ts';
import { mayBeSent } from '../../protocol/connection/close-code.ts';
import { LocalError } from '../command.ts';
import { fileTrouble, readLocal } from '../option/local-file.ts';
import { ScriptNode } from './script-node.ts';
import { readSource } from './script-source.ts';

/** The file of `--reply` → a script, or an error that names the line. Files that it names are read with it. */
export async function readScript(path: string): Promise<Script> {
  const bytes = await readLocal(path);
  if (!isUtf8(bytes)) throw new LocalError(`${path}:1:1: the file is not UTF-8`);
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  const root = ScriptNode.of(readSource(path, text));
  const example = 'write rules:, and under it "- when: { text: hi }" with "reply: hello"';
  if (root.isEmpty) root.fail(`there is nothing in the file: ${example}`);
  if (!root.isMap) root.fail(`the file begins with a ${root.isList ? 'list' : 'value'}, which belongs to a name: ${example}`);
  const members = root.members(['rules', 'otherwise']);
  const rules: Rule[] = [];
  for (const node of members.get('rules')?.list() ?? []) rules.push(await ruleOf(node));
  const last = members.get('otherwise');
  if (rules.length === 0 && !last) root.fail(`there are no rules: ${example}`);
  const otherwise = last ? await stepsOf(last, undefined) : [];
  checkStates(members.get('rules'), rules, otherwise);
  return { rules, otherwise };
}

async function ruleOf(node: ScriptNode): Promise<Rule> {
  const members = node.members(['when', 'reply', 'limit']);
  const when = members.get('when');
  const reply = members.get('reply') ?? node.fail(`${node.what} has no reply: write what is answered, e.g. reply: hello`);
  const condition = when ? conditionOf(when) : { open: false };
  const limit = members.get('limit')?.number(1) ?? Number.POSITIVE_INFINITY;
  return { when: condition, reply: await stepsOf(reply, condition), limit };
}

const CONDITIONS = ['open', 'state', 'path', 'opcode', 'text', 'contains', 'regexp', 'bytes', 'json'] as const;
const OF_A_MESSAGE = ['opcode', 'text', 'contains', 'regexp', 'bytes', 'json'] as const;

function conditionOf(node: ScriptNode): Condition {
  const members = node.members(CONDITIONS);
  const open = members.get('open')?.choice(['true', 'false']) === 'true';
  const ofMessage = OF_A_MESSAGE.find((name) => members.has(name));
  if (open && ofMessage) members.get(ofMessage)?.fail(`"open" is no message: it has no ${ofMessage}; leave one of them out`);
  const texts = Object.fromEntries(
    (['state', 'path', 'text', 'contains'] as const).flatMap((name) => {
      const member = members.get(name);
      return member ? [[name, name === 'path' ? pathOf(member) : member.text()]] : [];
    }),
  );
  const opcode = members.get('opcode')?.choice(['text', 'binary']);
  const regexp = members.get('regexp');
  const bytes = members.get('bytes');
  const json = members.get('json');
  return {
    open,
    ...texts,
    ...(opcode && { opcode }),
    ...(regexp && { regexp: regexpOf(regexp) }),
    ...(bytes && { bytes: bytesOf(bytes) }),
    ...(json && { json: jsonOf(json) }),
  };
}

/** Of the request, which has no query any more when it is compared. */
function pathOf(node: ScriptNode): string {
  const path = node.text();
  if (!path.startsWith('/')) node.fail(`a path begins with /: write /${path}`);
  if (/[?#]/.test(path)) node.fail(`a path ends before ? and #: write ${path.replace(/[?#].*$/s, '')}`);
  return path;
}

/** `/…/flags`, or the bare expression. */
function regexpOf(node: ScriptNode): RegExp {
  const text = node.text();
  const [, source = text, flags = ''] = /^\/(.+)\/([A-Za-z]*)$/s.exec(text) ?? [];
  const wrong = flags.replace(/[imsu]/g, '').charAt(0);
  if (wrong !== '') {
    const bare = text.replaceAll('/', '\\/');
    node.fail(`${JSON.stringify(wrong)} is no flag: there are i, m, s and u; for slashes in the text write ${bare}`);
  }
  try {
    return new RegExp(source, flags);
  } catch (error) {
    return node.fail((error as Error).message);
  }
}

function bytesOf(node: ScriptNode): Uint8Array {
  const bytes = parseHex(node.text());
  return 'problem' in bytes ? node.fail(bytes.problem) : bytes;
}

/** A path that must lead somewhere, or paths with the values that must stand there. */
function jsonOf(node: ScriptNode): NonNullable<Condition['json']> {
  const pathOf = (text: string, at: ScriptNode) =>
    parseJsonPath(text) ?? at.fail(`${JSON.stringify(text)} is no path: write $.name, $.list.0 or $["a b"]`);
  if (node.isText) return [{ path: pathOf(node.text(), node) }];
  return node.entries().map(([path, value, key]) => ({ path: pathOf(path, key), value: value.json() }));
}

const STEPS = ['text', 'json', 'hex', 'file', 'ping', 'delay', 'close', 'next', 'repeat'] as const;
type StepName = (typeof STEPS)[number];

/** One step, or a list of them. `condition`: of the rule that they belong to. */
async function stepsOf(node: ScriptNode, condition: Condition | undefined): Promise<Step[]> {
  const steps: Step[] = [];
  for (const step of node.isList ? node.list() : [node]) steps.push(await stepOf(step, condition));
  return steps;
}

async function stepOf(node: ScriptNode, condition: Condition | undefined): Promise<Step> {
  if (node.isText) return { type: 'text', template: templateOf(node, condition), opcode: 'text' };
  if (!node.isMap) return node.fail(`${node.what} is a text to send, or one of ${STEPS.join(', ')}`);
  const members = node.members([...STEPS, 'opcode', 'every', 'do']);
  const [name, second] = STEPS.filter((step) => members.has(step));
  if (name === undefined) return node.fail(`what is to be done? Write one of ${STEPS.join(', ')}`);
  if (second !== undefined)
    return (members.get(second) ?? node).fail(`one step does one thing: begin a new "- " before ${second}`);
  const value = members.get(name) ?? node;
  for (const [extra, owners] of EXTRAS) {
    const stray = owners.includes(name) ? undefined : members.get(extra);
    if (stray) stray.fail(`${extra} belongs to ${owners.join(', ')}, not to ${name}`);
  }
  const opcode = members.get('opcode')?.choice(['text', 'binary']);
  if (name !== 'repeat') return simpleStep(name, value, opcode, condition);
  const inner = members.get('do') ?? node.fail('repeat needs do: with what is repeated');
  const every = members.get('every')?.parsed(parseDuration) ?? 0;
  return { type: 'repeat', times: value.number(1), every, steps: await stepsOf(inner, condition) };
}

const EXTRAS: readonly (readonly ['opcode' | 'every' | 'do', readonly StepName[]])[] = [
  ['opcode', ['text', 'json', 'hex', 'file']],
  ['every', ['repeat']],
  ['do', ['repeat']],
];

async function simpleStep(
  name: Exclude<StepName, 'repeat'>,
  value: ScriptNode,
  opcode: 'text' | 'binary' | undefined,
  condition: Condition | undefined,
): Promise<Step> {
  switch (name) {
    case 'text':
      return { type: 'text', template: templateOf(value, condition), opcode: opcode ?? 'text' };
    case 'json':
      return { type: 'json', template: jsonTemplateOf(value, condition), opcode: opcode ?? 'text' };
    case 'hex':
      return bytesStep(value, bytesOf(value), opcode ?? 'binary');
    case 'file':
      return bytesStep(value, await fileOf(value), opcode);
    case 'ping':
      return { type: 'ping', template: value.isEmpty ? [] : templateOf(value, condition) };
    case 'delay':
      return { type: 'delay', milliseconds: value.parsed(parseDuration) };
    case 'close':
      return closeOf(value, condition);
    case 'next':
      return { type: 'next', state: value.text() };
  }
}

function bytesStep(node: ScriptNode, data: Uint8Array, opcode: 'text' | 'binary' | undefined): Step {
  if (opcode === 'text' && !isUtf8(data)) node.fail('it is not valid UTF-8, as a text message must be: write opcode: binary');
  return { type: 'bytes', data, opcode: opcode ?? (isUtf8(data) ? 'text' : 'binary') };
}

async function fileOf(node: ScriptNode): Promise<Uint8Array> {
  const path = node.pathOf(node.text());
  return readFile(path).catch((error: unknown) => node.fail(fileTrouble(error, path)));
}

function closeOf(node: ScriptNode, condition: Condition | undefined): Step {
  if (node.isEmpty) return { type: 'close', code: undefined, reason: [] };
  const members = node.isMap ? node.members(['code', 'reason']) : undefined;
  const reason = members?.get('reason');
  const at = members ? (members.get('code') ?? node.fail('close needs a code: before its reason')) : node;
  const code = at.number(0, 65_535);
  if (!mayBeSent(code, 'server')) at.fail(`${code} is no code that may be sent: use 1000–1003, 1007–1014 or 3000–4999`);
  return { type: 'close', code, reason: reason ? templateOf(reason, condition) : [] };
}

/** A text with places; those of groups must exist in the rule's regular expression. */
function templateOf(node: ScriptNode, condition: Condition | undefined, text = node.text()): Template {
  const template = parseTemplate(text);
  if ('problem' in template) return node.fail(template.problem);
  const { count, names } = groupsOf(condition?.regexp);
  for (const piece of template) {
    if (typeof piece === 'string' || 'path' in piece) continue;
    const { group } = piece;
    const isThere = typeof group === 'number' ? group <= count : names.includes(group);
    if (!isThere) node.fail(`there is no group ${group} in this rule's regexp; $$ is a $`);
  }
  return template;
}

function groupsOf(regexp: RegExp | undefined): { count: number; names: string[] } {
  if (!regexp) return { count: 0, names: [] };
  // With an empty alternative it matches everything, and tells how many groups it has.
  const match = new RegExp(`${regexp.source}|`, regexp.flags).exec('');
  return { count: (match?.length ?? 1) - 1, names: Object.keys(match?.groups ?? {}) };
}

function jsonTemplateOf(node: ScriptNode, condition: Condition | undefined): JsonTemplate {
  const templated = (value: unknown): JsonTemplate => {
    if (typeof value === 'string') return { type: 'text', template: templateOf(node, condition, value) };
    if (Array.isArray(value)) return { type: 'list', items: value.map(templated) };
    if (typeof value !== 'object' || value === null) return { type: 'plain', value };
    return { type: 'object', members: Object.entries(value).map(([name, inner]) => [name, templated(inner)] as const) };
  };
  return templated(node.json());
}

/** A rule for a state that nothing leads to is a slip. */
function checkStates(node: ScriptNode | undefined, rules: readonly Rule[], otherwise: readonly Step[]): void {
  const reached = new Set(['start', ...[otherwise, ...rules.map(({ reply }) => reply)].flatMap(statesIn)]);
  for (const [index, rule] of rules.entries()) {
    const { state } = rule.when;
    if (state === undefined || reached.has(state)) continue;
    node?.list()[index]?.fail(`nothing leads to the state ${JSON.stringify(state)}: next: ${state} is missing somewhere`);
  }
}

function statesIn(steps: readonly Step[]): string[] {
  return steps.flatMap((step) => (step.type === 'next' ? [step.state] : step.type === 'repeat' ? statesIn(step.steps) : []));
}
