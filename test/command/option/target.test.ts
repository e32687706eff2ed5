import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../../src/command/option/target.ts';

describe('what users write → where to connect', () => {
  test.each<[text: string, url: string, host: string, port: number, secure: boolean, hostField: string, target: string]>([
    ['ws://example.com', 'ws://example.com/', 'example.com', 80, false, 'example.com', '/'],
    ['wss://example.com/a?b=c', 'wss://example.com/a?b=c', 'example.com', 443, true, 'example.com', '/a?b=c'],
    ['ws://example.com:80/', 'ws://example.com/', 'example.com', 80, false, 'example.com', '/'],
    ['ws://example.com:443/', 'ws://example.com:443/', 'example.com', 443, false, 'example.com:443', '/'],
    ['wss://example.com:8443/x', 'wss://example.com:8443/x', 'example.com', 8443, true, 'example.com:8443', '/x'],
    ['http://example.com/x', 'ws://example.com/x', 'example.com', 80, false, 'example.com', '/x'],
    ['https://example.com/x', 'wss://example.com/x', 'example.com', 443, true, 'example.com', '/x'],
    ['WS://EXAMPLE.com', 'ws://example.com/', 'example.com', 80, false, 'example.com', '/'],
    ['example.com', 'ws://example.com/', 'example.com', 80, false, 'example.com', '/'],
    ['localhost:8080/x', 'ws://localhost:8080/x', 'localhost', 8080, false, 'localhost:8080', '/x'],
    ['8080', 'ws://localhost:8080/', 'localhost', 8080, false, 'localhost:8080', '/'],
    [':8080', 'ws://localhost:8080/', 'localhost', 8080, false, 'localhost:8080', '/'],
    ['8080/chat?a', 'ws://localhost:8080/chat?a', 'localhost', 8080, false, 'localhost:8080', '/chat?a'],
    ['[::1]:8080', 'ws://[::1]:8080/', '::1', 8080, false, '[::1]:8080', '/'],
    ['ws://127.0.0.1:1?q', 'ws://127.0.0.1:1/?q', '127.0.0.1', 1, false, '127.0.0.1:1', '/?q'],
    [
      'ws://bücher.example/ä',
      'ws://xn--bcher-kva.example/%C3%A4',
      'xn--bcher-kva.example',
      80,
      false,
      'xn--bcher-kva.example',
      '/%C3%A4',
    ],
  ])('%s', (text, url, host, port, secure, hostField, target) => {
    expect(parseAddress(text)).toEqual({ url, host, port, secure, hostField, target, userinfo: undefined });
  });

  test.each([
    ['ws://user:pass@host/', 'user:pass', 'ws://host/'],
    ['ws://us%40er:p%3Aw@host/', 'us@er:p:w', 'ws://host/'],
    ['ws://user@host/', 'user:', 'ws://host/'],
  ])('%s carries %s, and the URL loses it', (text, userinfo, url) => {
    expect(parseAddress(text)).toMatchObject({ userinfo, url });
  });
});

describe('what is refused, and what to write instead', () => {
  test.each([
    ['ws://example.com/#top', 'a WebSocket URL must not'],
    ['ws://example.com/#', 'a WebSocket URL must not'],
    ['ftp://example.com/', 'write ws://HOST'],
    ['ws://', 'is no address'],
    ['ws://exa mple/', 'is no address'],
    ['ws://host:99999/', 'is no address'],
    ['99999', 'is no address'],
    ['', 'is no address'],
    [`ws://${'x'.repeat(300)} /`, 'x…" is no address'],
  ])('%s', (text, said) => {
    expect(() => parseAddress(text)).toThrow(said);
  });
});
