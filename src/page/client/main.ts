import { BrowserSide } from './browser-side.ts';
import { byId } from './dom.ts';
import { closingOf, type Kind, payloadOf } from './message.ts';
import { ServerSide } from './server-side.ts';

/** The forms of the page, and what they do. */

const server = new ServerSide((path) => {
  if (url.value === HERE) url.value = new URL(path, HERE).href;
});
const browser = new BrowserSide(
  (url) => server.follow(url),
  () => refresh(),
);

const connectButton = byId('connect-button', HTMLButtonElement);
const sendButton = byId('send', HTMLButtonElement);
const closeButton = byId('close-button', HTMLButtonElement);
const binaryType = byId('binary-type', HTMLSelectElement);
const message = byId('message', HTMLTextAreaElement);
const files = byId('files', HTMLInputElement);
const url = byId('url', HTMLInputElement);

const HERE = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/`;
url.value = HERE;

function refresh(): void {
  connectButton.disabled = browser.isBusy;
  sendButton.disabled = !browser.isOpen;
  closeButton.disabled = !browser.canClose;
}

function problem(id: string, text: string): void {
  byId(id, HTMLElement).textContent = text;
}

function words(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^Failed to [^:]*: /, '');
}

/** Runs what a form is for; what the browser has against it is said there. */
function onSubmit(form: string, where: string, act: () => void | Promise<void>): void {
  byId(form, HTMLFormElement).addEventListener('submit', async (event) => {
    event.preventDefault();
    problem(where, '');
    try {
      await act();
    } catch (error) {
      problem(where, words(error));
    }
    refresh();
  });
}

function typeChosen(): BinaryType {
  return binaryType.value === 'arraybuffer' ? 'arraybuffer' : 'blob';
}

onSubmit('connect', 'connect-problem', async () => {
  if (browser.isBusy) return;
  connectButton.disabled = true;
  await browser.connect(url.value.trim(), byId('subprotocols', HTMLInputElement).value, typeChosen());
});

binaryType.addEventListener('change', () => {
  browser.binaryType = typeChosen();
});

onSubmit('close', 'close-problem', () => {
  const closing = closingOf(byId('code', HTMLInputElement).value, byId('reason', HTMLInputElement).value);
  if ('problem' in closing) problem('close-problem', closing.problem);
  else browser.close(closing.code, closing.reason);
});

const HINTS: Readonly<Record<Kind, string>> = {
  text: 'A text message.',
  json: 'Checked, then a text message.',
  hex: 'A binary message, e.g. de ad be ef.',
  file: 'Each file is a binary message.',
};

function kindChosen(): Kind {
  const chosen = document.querySelector<HTMLInputElement>('input[name="kind"]:checked')?.value;
  return chosen === 'json' || chosen === 'hex' || chosen === 'file' ? chosen : 'text';
}

for (const radio of document.querySelectorAll('input[name="kind"]')) {
  radio.addEventListener('change', () => {
    const kind = kindChosen();
    byId('hint', HTMLElement).textContent = HINTS[kind];
    byId('keys', HTMLElement).hidden = kind === 'file';
    byId('typed', HTMLElement).hidden = kind === 'file';
    byId('chosen', HTMLElement).hidden = kind !== 'file';
    problem('message-problem', '');
  });
}

const composer = byId('composer', HTMLFormElement);

onSubmit('composer', 'message-problem', () => {
  message.removeAttribute('aria-invalid');
  if (!browser.isOpen) problem('message-problem', 'Connect first.');
  else if (kindChosen() === 'file') sendFiles();
  else sendTyped();
});

function sendTyped(): void {
  const payload = payloadOf(kindChosen(), message.value);
  if ('problem' in payload) {
    problem('message-problem', payload.problem);
    message.ariaInvalid = 'true';
    return;
  }
  browser.send(payload.data);
  message.select();
}

function sendFiles(): void {
  const chosen = [...(files.files ?? [])];
  if (chosen.length === 0) problem('message-problem', 'Choose a file first.');
  for (const file of chosen) browser.send(file);
}

message.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  composer.requestSubmit();
});

refresh();
