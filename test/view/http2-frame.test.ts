import { expect, test } from 'vitest';
import { escapeText } from '../../src/view/escape.ts';
import { renderHttp2Frame } from '../../src/view/http2-frame.ts';
import { plainStyle } from '../../src/view/style.ts';

const VIEW = { style: plainStyle, safe: (text: string) => escapeText(text) };

test('SETTINGS in lines of 80 columns', () => {
  const parameters = [
    { name: 'MAX_CONCURRENT_STREAMS', value: 100 },
    { name: 'INITIAL_WINDOW_SIZE', value: 1_048_576 },
    { name: 'ENABLE_CONNECT_PROTOCOL', value: 1 },
  ];
  expect(renderHttp2Frame({ direction: 'received', frame: 'SETTINGS', parameters }, VIEW)).toEqual([
    '< SETTINGS MAX_CONCURRENT_STREAMS=100, INITIAL_WINDOW_SIZE=1048576,',
    '<          ENABLE_CONNECT_PROTOCOL=1',
  ]);
  expect(renderHttp2Frame({ direction: 'sent', frame: 'SETTINGS', parameters: parameters.slice(2) }, VIEW)).toEqual([
    '> SETTINGS ENABLE_CONNECT_PROTOCOL=1',
  ]);
});

test('GOAWAY: what the peer says cannot paint the terminal', () => {
  const parameters = [
    { name: 'error', value: 'ENHANCE_YOUR_CALM' },
    { name: 'debug', value: 'stop\x1b[2J' },
  ];
  const [line = ''] = renderHttp2Frame({ direction: 'received', frame: 'GOAWAY', parameters }, VIEW);
  expect(line).toMatch(/^< GOAWAY error=ENHANCE_YOUR_CALM, debug=stop/);
  expect(line).not.toContain('\x1b');
});
