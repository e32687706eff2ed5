import { afterEach, describe, expect, test } from 'vitest';
import { checkedSubprotocols, pageOrigin, parseUrl, subprotocolList, subprotocolNames } from '../../src/library/url.ts';

const syntaxError = expect.objectContaining({ name: 'SyntaxError', code: 12 });

describe('the URL', () => {
  test.each([
    ['ws://example.com', 'ws://example.com/'],
    ['WS://EXAMPLE.com:80/', 'ws://example.com/'],
    ['wss://example.com:443/a?b=c', 'wss://example.com/a?b=c'],
    ['ws://example.com:443/', 'ws://example.com:443/'],
    ['http://example.com:80/a', 'ws://example.com/a'],
    ['https://example.com/', 'wss://example.com/'],
    ['https://example.com:80/', 'wss://example.com:80/'],
    ['ws://[::1]:8080/', 'ws://[::1]:8080/'],
    ['ws://user:pass@example.com/', 'ws://user:pass@example.com/'],
    ['ws://bücher.example/%20 ä', 'ws://xn--bcher-kva.example/%20%20%C3%A4'],
    ['  ws:\\\\example.com\n', 'ws://example.com/'],
    ['ws://example.com/?a#'.slice(0, -1), 'ws://example.com/?a'],
    ['ws://example.com/%23', 'ws://example.com/%23'],
  ])('%j is %s', (text, href) => {
    expect(parseUrl(text).href).toBe(href);
  });

  test.each([
    '',
    '/relative',
    '?x',
    'example.com',
    'ws://',
    'ws://foo bar.com/',
    'ws://example.com:65536/',
    'ftp://example.com/',
    'mailto:a@example.com',
    'about:blank',
    'data:text/plain,x',
    'ws://example.com/#',
    'ws://example.com/#x',
    'http://example.com/#',
  ])('%j is a SyntaxError', (text) => {
    expect(() => parseUrl(text)).toThrow(syntaxError);
  });

  describe('where there is a page', () => {
    afterEach(() => {
      Reflect.deleteProperty(globalThis, 'location');
    });

    test('is relative to it', () => {
      Object.assign(globalThis, { location: { href: 'https://example.com/a/b?c#d' } });
      expect(parseUrl('../chat').href).toBe('wss://example.com/chat');
      expect(parseUrl('//other.example/').href).toBe('wss://other.example/');
      expect(() => parseUrl('#x')).toThrow(syntaxError);
    });

    test.each<[location: unknown, origin: string | undefined]>([
      [{ href: 'https://example.com:8443/a/b?c#d' }, 'https://example.com:8443'],
      [{ href: 'http://example.com:80/' }, 'http://example.com'],
      [{ href: 'about:blank' }, 'null'],
      [{ href: 'not a URL' }, undefined],
      [{}, undefined],
      [undefined, undefined],
    ])('the origin of %o is %o', (location, origin) => {
      Object.assign(globalThis, { location });
      expect(pageOrigin()).toBe(origin);
    });
  });
});

describe('subprotocols', () => {
  test.each<[argument: string | string[], names: string[]]>([
    [[], []],
    ['chat', ['chat']],
    [
      ['soap', 'wamp.2', "!#$%&'*+-.^_`|~"],
      ['soap', 'wamp.2', "!#$%&'*+-.^_`|~"],
    ],
    [null as unknown as string, ['null']],
    [[1, 2] as unknown as string[], ['1', '2']],
    [undefined as unknown as string, ['undefined']],
    [Object('ab') as string, ['a', 'b']],
    [Object.assign(() => 'function', { [Symbol.iterator]: () => ['x'].values() }) as unknown as string, ['x']],
  ])('%j', (argument, names) => {
    expect(subprotocolNames(argument)).toEqual(names);
  });

  test.each<[argument: string | string[]]>([
    [''],
    [['']],
    ['a b'],
    ['a,b'],
    ['é'],
    ['a\u007f'],
    ['\u0000'],
    [['a', 'b', 'a']],
    [['echo', 'Echo']],
    ...[...'()<>@,;:\\"/[]?={} \t'].map((separator): [string] => [`a${separator}`]),
  ])('%j is a SyntaxError', (argument) => {
    expect(() => checkedSubprotocols(subprotocolNames(argument))).toThrow(syntaxError);
  });

  test.each([[Symbol('x')], [[Symbol('x')]], [{ toString: () => ({}) }]])('%o cannot be a string', (argument) => {
    expect(() => subprotocolNames(argument)).toThrow(TypeError);
  });

  test.each(['a', 5, null, undefined, {}])('%o is no list', (argument) => {
    expect(() => subprotocolList(argument)).toThrow(TypeError);
  });

  test('a Set is a list', () => {
    expect(subprotocolList(new Set(['a', 'b']))).toEqual(['a', 'b']);
  });
});
