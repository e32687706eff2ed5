import { join } from 'node:path';
import { describe } from 'vitest';
import { describeWith, type Peer } from '../need.ts';
import { buildsProgram } from '../process.ts';
import { asClient, asServer, peers, TEXT } from './draft-peers.ts';

/** Libraries that spoke the drafts, as our servers and as our clients: a text there and back, and the close. */
buildsProgram();

const cjs = join(peers, 'drafts.cjs');
const perl: Peer = { debianPackage: 'libprotocol-websocket-perl', probe: ['perl', '-MProtocol::WebSocket', '-e', '1'] };
const emWebSocket: Peer = { debianPackage: 'ruby-em-websocket', probe: ['ruby', '-rem-websocket', '-e', '1'] };
const rubyWebSocket: Peer = { debianPackage: 'ruby-websocket', probe: ['ruby', '-rwebsocket', '-e', '1'] };

const node = process.execPath;
/** What they hash as text since Node 6. */
const HASHED_AS_TEXT = /The challenge was hashed as text in UTF-8/;

describe('npm websocket-driver 0.5 as server', () => {
  asServer([node, cjs, 'serve', 'websocket-driver-0.5'], [['75'], ['76', HASHED_AS_TEXT], ['7'], ['8'], ['13'], ['auto']]);
});

describe('npm websocket-driver 0.7 as server', () => {
  asServer([node, cjs, 'serve', 'websocket-driver'], [['75'], ['76'], ['8', /400 Bad Request/], ['13'], ['auto']]);
});

describe.each(['ws-0.4', 'ws-0.8'])('npm %s as server', (name) => {
  asServer(
    [node, cjs, 'serve', name],
    [['75', /400.* it may not speak hixie-75/], ['76', HASHED_AS_TEXT], ['7', /400 Bad Request/], ['8'], ['13'], ['auto']],
  );
});

// That of 0.5 takes HTTP apart with a part of Node that is gone, and Node with it.
describe('npm websocket-driver 0.7 as client', () => {
  asClient((draft, { href }) => [node, cjs, 'ask', 'websocket-driver', href, draft, TEXT], [['13', 'rfc6455']]);
});

// Without an Origin nothing tells hybi-11 from hybi-08.
describe.each([
  ['ws-0.4', 'hybi-11'],
  ['ws-0.8', 'hybi-08'],
])('npm %s as client', (name, version8) => {
  asClient(
    (draft, { href }) => [node, cjs, 'ask', name, href, draft, TEXT],
    [
      ['8', version8],
      ['13', 'rfc6455'],
    ],
  );
});

describeWith(perl, 'Protocol::WebSocket of Perl', () => {
  describe('as server', () => {
    // It takes any number from 4 on for its newest framing.
    asServer(['perl', join(peers, 'drafts.pl'), 'serve', '-'], [['75'], ['76'], ['7'], ['8'], ['13']]);
  });
  describe('as client', () => {
    asClient(
      (draft, { port }) => ['perl', join(peers, 'drafts.pl'), 'ask', draft, port, TEXT],
      [
        ['draft-hixie-75', 'hixie-75'],
        ['draft-ietf-hybi-00', 'hixie-76'],
        ['draft-ietf-hybi-10', 'hybi-08'],
        ['draft-ietf-hybi-17', 'rfc6455'],
      ],
    );
  });
});

describeWith(emWebSocket, 'em-websocket of Ruby', () => {
  asServer(
    ['ruby', join(peers, 'drafts.rb'), 'serve'],
    [
      ['75'],
      ['76'],
      ['hybi-01', /./],
      ['hybi-02'],
      ['hybi-03'],
      ['4', /without a word/],
      ['5'],
      ['6'],
      ['7'],
      ['8'],
      ['13'],
      ['auto'],
    ],
  );
});

describeWith(rubyWebSocket, 'the websocket gem of Ruby', () => {
  asClient(
    (draft, { port }) => ['ruby', join(peers, 'drafts.rb'), 'ask', draft, port, TEXT],
    [
      ['75', 'hixie-75'],
      ['0', 'hixie-76'],
      ['7', 'hybi-07'],
      ['8', 'hybi-08'],
      ['13', 'rfc6455'],
    ],
  );
});
