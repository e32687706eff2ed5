import { timingSafeEqual } from 'node:crypto';
import { realpath, stat } from 'node:fs/promises';
import { UsageError } from '../../cli/option.ts';
import type { Options } from '../../cli/value.ts';
import type { Aside, AsideRequest } from '../../endpoint/aside.ts';
import type { Clock } from '../../endpoint/clock.ts';
import { isPlainHttp, type PlainAnswer, sendPlain, textAnswer } from '../../endpoint/plain-http.ts';
import type { ServerHandler, ServerOptions } from '../../endpoint/server.ts';
import type { Env } from '../../env.ts';
import { authorityOf } from '../../protocol/handshake/extended-connect.ts';
import { faultWords, refusalText } from '../../protocol/handshake/fault-words.ts';
import { fieldValues, firstValue, type RequestHead } from '../../protocol/http/head.ts';
import { redactUrl } from '../../protocol/http/redact.ts';
import type { EventSink } from '../../session/event.ts';
import { sizeText } from '../../view/size.ts';
import { LocalError } from '../command.ts';
import { fileTrouble } from '../option/local-file.ts';
import { clientEnv } from '../session/client-env.ts';
import { EarlyEvents } from './early-events.ts';
import { Viewers } from './viewers.ts';

/** What `listen` answers to requests that ask for no WebSocket: with a page to look inside, or with the files of a directory. */

/** Where a page looks inside. */
const EVENTS = '/.wstap/events';

/** `undefined`: neither; such requests are refused as ever. Throws where the directory is none. */
export async function pageOf(
  options: Options,
  server: ServerOptions,
  env: Env,
  note: (text: string) => void,
): Promise<Page | undefined> {
  const directory = options.text('static');
  if (directory !== undefined) {
    if (options.flag('page')) throw new UsageError('--page and --static exclude each other: DIR is served in place of the page');
    return new Files(await rootOf(directory), { server, env, note, verbose: options.count('verbose') > 0 });
  }
  // Without its address, which is not printed there, nobody could open it.
  const isUnseen = options.flag('quiet') || options.flag('once') || server.doors?.some((door) => 'unixSocket' in door);
  // No browser sends a token by itself: it would never get in.
  const isShut = options.has('bearer') && !options.has('auth');
  if (options.off('page') || ((isUnseen || isShut) && !options.flag('page'))) return undefined;
  const [route = '/'] = options.texts('route').map((text) => text.replace(/=.*$/s, ''));
  return new Inside({ server, env, note, verbose: options.count('verbose') > 0 }, route);
}

async function rootOf(directory: string): Promise<string> {
  const root = await realpath(directory).catch((error: NodeJS.ErrnoException) => {
    const isNone = error.code === 'ENOENT' || error.code === 'ENOTDIR';
    throw new LocalError(isNone ? `there is no directory ${JSON.stringify(directory)}` : fileTrouble(error, directory));
  });
  if (!(await stat(root)).isDirectory()) throw new LocalError(`--static ${JSON.stringify(directory)} is no directory`);
  return root;
}

interface PageEnv {
  readonly server: ServerOptions;
  readonly env: Env;
  readonly note: (text: string) => void;
  /** Whether each request is told, and not only those that fail. */
  readonly verbose: boolean;
}

const CHALLENGE = [{ name: 'WWW-Authenticate', value: 'Basic realm="wstap"' }];

export abstract class Page implements Aside {
  readonly #env: PageEnv;
  readonly #clock: Clock;
  readonly #early = new EarlyEvents();
  readonly #open = new Set<AsideRequest>();
  #stopped = false;

  constructor(env: PageEnv) {
    this.#env = env;
    this.#clock = clientEnv(env.env).clock;
  }

  /** What is to be said once it is known where the server is. */
  abstract announcement(host: string, port: number): string | undefined;
  abstract take(asked: AsideRequest): boolean;

  /** What a server's sink and handler become, so that what is taken shows nowhere. */
  sink(sink: EventSink): EventSink {
    return this.#early.sink(sink);
  }

  handler(handler: ServerHandler): ServerHandler {
    return {
      ...handler,
      taken: (number) => this.#early.drop(number),
      abandoned: (number) => {
        this.#early.drop(number);
        handler.abandoned?.(number);
      },
    };
  }

  protected address(host: string, port: number): string {
    return `${this.#env.server.tls ? 'https' : 'http'}://${nameOf(host)}:${port}/`;
  }

  stop(_code: number, _reason: string): void {
    this.#stopped = true;
  }

  destroy(): void {
    this.#stopped = true;
    for (const { transport } of this.#open) transport.destroy();
  }

  /** Why whoever asks may not come in: the same rules as for a WebSocket, against DNS rebinding and foreign pages. */
  protected barred({ request, transport }: AsideRequest): PlainAnswer | undefined {
    const refusal = this.#env.server.policy(request, transport);
    // What else it may say is about WebSockets, such as that there is no route to a path.
    if (refusal?.status !== 401 && refusal?.status !== 403) return undefined;
    const { status, headers = status === 401 ? CHALLENGE : [], finding, why = faultWords(finding) } = refusal;
    return textAnswer(status, refusalText(why), headers);
  }

  /** Gives its answer, which may take a while, and tells of it. */
  protected serve(asked: AsideRequest, answer: PlainAnswer | Promise<PlainAnswer>): void {
    if (this.#stopped) {
      asked.transport.destroy();
      return;
    }
    this.#open.add(asked);
    void this.#serve(asked, answer).finally(() => this.#open.delete(asked));
  }

  async #serve(asked: AsideRequest, answer: PlainAnswer | Promise<PlainAnswer>): Promise<void> {
    const { request, transport } = asked;
    try {
      const ready = await answer;
      const what = `${transport.remote} ${request.method} ${redactUrl(request.target)}`;
      if (ready.status >= 400 || this.#env.verbose) this.#env.note(`${what}: ${ready.status}, ${sizeText(ready.body.length)}`);
      await sendPlain(asked, ready, this.#clock);
    } catch (error) {
      transport.destroy();
      this.#env.note(`${transport.remote} got no answer: ${error instanceof Error ? error.message : error}`);
    }
  }
}

/** Every address of a machine is no place to go to. */
function nameOf(host: string): string {
  if (host === '' || host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

/** The files of a directory. */
class Files extends Page {
  readonly #root: string;

  constructor(root: string, env: PageEnv) {
    super(env);
    this.#root = root;
  }

  announcement(host: string, port: number): string {
    return `files are at ${this.address(host, port)}`;
  }

  take(asked: AsideRequest): boolean {
    if (!isPlainHttp(asked.request)) return false;
    this.serve(asked, this.barred(asked) ?? this.#answer(asked.request));
    return true;
  }

  async #answer(request: RequestHead): Promise<PlainAnswer> {
    return (await import('../../endpoint/plain-http-files.ts')).fileAnswer(this.#root, request);
  }
}

/** Bytes of a token. */
const TOKEN = 16;

/** A page that connects, and shows what the server sees of it. No other page may ask for anything of it. */
class Inside extends Page {
  readonly #token: string;
  readonly #viewers: Viewers;

  /** `path`: one at which something is served. */
  constructor(env: PageEnv, path: string) {
    super(env);
    const bytes = Buffer.alloc(TOKEN);
    env.env.fillRandom(bytes);
    this.#token = bytes.toString('base64url');
    this.#viewers = new Viewers(env.env, path);
  }

  override sink(sink: EventSink): EventSink {
    return super.sink(this.#viewers.sink(sink));
  }

  override handler(handler: ServerHandler): ServerHandler {
    return super.handler(this.#viewers.handler(handler));
  }

  announcement(host: string, port: number): string {
    return `look inside with a browser: ${this.address(host, port)}?token=${this.#token}`;
  }

  override stop(code: number, reason: string): void {
    super.stop(code, reason);
    this.#viewers.stop(code, reason);
  }

  override destroy(): void {
    super.destroy();
    this.#viewers.destroy();
  }

  protected override barred(asked: AsideRequest): PlainAnswer | undefined {
    return super.barred(asked) ?? (isOwn(asked.request) ? undefined : FOREIGN);
  }

  take(asked: AsideRequest): boolean {
    const { request } = asked;
    const [path] = request.target.split('?', 1);
    if (isPlainHttp(request)) return this.#takePlain(asked, path);
    if (path !== EVENTS) return false;
    const barred = this.barred(asked) ?? (this.#isKnown(request) ? undefined : UNKNOWN);
    if (barred) this.serve(asked, barred);
    else this.#viewers.take(asked);
    return true;
  }

  #takePlain(asked: AsideRequest, path: string | undefined): boolean {
    const { request } = asked;
    const isKnown = path === '/' && this.#isKnown(request);
    // Whoever wants no page, such as curl, or a client without its Upgrade, is told what it lacks.
    const wantsPage = isKnown || fieldValues(request, 'Accept').some((value) => value.includes('text/html'));
    if ((request.method !== 'GET' && request.method !== 'HEAD') || !wantsPage) return false;
    this.serve(asked, this.barred(asked) ?? documentFor(isKnown ? 'page' : path === '/' ? 'token' : 'elsewhere'));
    return true;
  }

  #isKnown(request: RequestHead): boolean {
    const [, query = ''] = request.target.split('?', 2);
    const given = Buffer.from(new URLSearchParams(query).get('token') ?? '');
    const token = Buffer.from(this.#token);
    return given.length === token.length && timingSafeEqual(given, token);
  }
}

const FOREIGN = textAnswer(403, 'Only the page of this server may look inside.');
const UNKNOWN = textAnswer(403, 'The token is missing or wrong: open the address that wstap listen has printed.');

/** Whether a page asks that came from here; a program has no Origin. */
function isOwn(request: RequestHead): boolean {
  const origin = firstValue(request, 'Origin');
  return origin === undefined || origin.replace(/^https?:\/\//, '') === authorityOf(request);
}

async function documentFor(which: 'page' | 'token' | 'elsewhere'): Promise<PlainAnswer> {
  const { noticeDocument, pageDocument } = await import('../../page/page.ts');
  return which === 'page' ? pageDocument() : noticeDocument(which);
}
