import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { noticeDocument, type PageDocument, pageDocument } from '../../src/page/page.ts';

const textOf = ({ body }: PageDocument) => Buffer.from(body).toString('utf8');
const field = ({ fields }: PageDocument, name: string) => fields.find((each) => each.name === name)?.value ?? '';
const hash = (text = '') => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const between = (text: string, tag: string) =>
  [...text.matchAll(new RegExp(`<${tag}>(.*?)</${tag}>`, 'gs'))].map(([, inner]) => inner);

const documents: [string, PageDocument][] = [
  ['the page', pageDocument()],
  ['without a token', noticeDocument('token')],
  ['elsewhere', noticeDocument('elsewhere')],
];

describe.each(documents)('%s', (_, document) => {
  const text = textOf(document);
  const policy = new Map(
    field(document, 'Content-Security-Policy')
      .split('; ')
      .map((directive) => [directive.split(' ', 1)[0], directive.split(' ').slice(1)]),
  );

  test('allows nothing but what stands in it', () => {
    expect(policy.get('default-src')).toEqual(["'none'"]);
    expect(policy.get('style-src')).toEqual(between(text, 'style').map(hash));
    expect(policy.get('script-src') ?? []).toEqual(between(text, 'script').map(hash));
    for (const directive of ['base-uri', 'form-action', 'frame-ancestors', 'trusted-types']) {
      expect(policy.get(directive), directive).toEqual(["'none'"]);
    }
    expect(field(document, 'Content-Security-Policy')).not.toMatch(/unsafe|https?:|\*/);
  });

  test('asks for nothing from outside, and has no code in its markup', () => {
    const markup = text.replace(/<(script|style)>.*?<\/\1>/gs, '');
    expect(markup).not.toMatch(/\s(?:src|action|style|on\w+)=/);
    expect([...markup.matchAll(/href="([^"]*)"/g)].filter(([, to]) => !/^(?:data:|#)/.test(to ?? ''))).toEqual([]);
    expect(between(text, 'style').join('')).not.toMatch(/url\(|@import/);
  });

  test('is whole: no placeholder is left, and its language and title are told', () => {
    expect(text).not.toContain('{{');
    expect(text).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(text).toMatch(/<title>wstap/);
    expect(between(text, 'style').join('')).toContain(':focus-visible');
    expect(text.length).toBeLessThan(100_000);
  });
});

test('the script makes no markup out of text', () => {
  const [script = ''] = between(textOf(pageDocument()), 'script');
  expect(script.length).toBeGreaterThan(1000);
  expect(script).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function/);
});

test('the page may connect to any WebSocket, and only to those', () => {
  expect(field(pageDocument(), 'Content-Security-Policy')).toContain("connect-src 'self' ws: wss:");
  expect(field(noticeDocument('token'), 'Content-Security-Policy')).not.toContain('connect-src');
});
