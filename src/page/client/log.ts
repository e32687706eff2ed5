import { announce, copyText, make } from './dom.ts';

/**
 * A list of what happened, the newest at the end. It stays quick whatever comes: rows are added together,
 * only the newest are kept, and one row at a time is in the order of the Tab key, the arrows leading to the others.
 */
export interface Row {
  readonly way: 'out' | 'in' | 'note';
  /** It is a mistake or a failure. */
  readonly bad?: boolean;
  readonly time: string;
  readonly kind: string;
  readonly marks?: HTMLElement;
  readonly size?: string;
  readonly preview: string;
  /** What is copied, and what the filter looks at besides. */
  readonly text?: string;
  /** What is shown below it once it is asked for. */
  readonly detail?: () => Node | Promise<Node>;
}

export interface LogOptions {
  readonly title: string;
  /** What stands there before anything happened. */
  readonly empty: string;
  /** How ways are called. */
  readonly ways: { readonly out: string; readonly in: string };
}

/** Rows that are kept. */
const MOST = 1000;
/** Rows at once beyond which they are counted and not read aloud. */
const READ_ALOUD = 4;
/** Rows at once after which the next have to wait, in milliseconds. */
const MUCH = 50;
const PAUSE = 200;

interface Entry {
  readonly row: Row;
  element: HTMLLIElement | undefined;
}

export class Log {
  readonly #options: LogOptions;
  readonly #list = make('ol');
  readonly #scroll = make('div', 'scroll');
  readonly #empty: HTMLElement;
  readonly #trimmed = make('p', 'trimmed');
  readonly #count = make('span', 'count');
  readonly #filter = make('input');
  #entries: Entry[] = [];
  #waiting: Row[] = [];
  #lost = 0;
  #scheduled = false;
  /** The last time much came at once. */
  #isBusy = false;

  constructor(host: HTMLElement, options: LogOptions) {
    this.#options = options;
    this.#empty = make('p', 'empty', options.empty);
    this.#trimmed.hidden = true;
    this.#scroll.tabIndex = 0;
    this.#scroll.setAttribute('role', 'log');
    this.#scroll.setAttribute('aria-label', options.title);
    this.#scroll.append(this.#empty, this.#trimmed, this.#list);
    host.append(this.#tools(), this.#scroll);
    this.#list.addEventListener('keydown', (event) => this.#key(event));
    this.#tellCount();
  }

  add(row: Row): void {
    this.#waiting.push(row);
    // A page in the background is drawn rarely.
    if (this.#waiting.length > MOST) {
      this.#waiting.shift();
      this.#lost++;
    }
    if (this.#scheduled) return;
    this.#scheduled = true;
    // Where much comes, rows that would be gone at once are not even made.
    if (this.#isBusy) setTimeout(() => this.#flush(), PAUSE);
    else requestAnimationFrame(() => this.#flush());
  }

  /** So many never came here: they count among those that are gone. */
  miss(count: number, row: Row): void {
    this.#lost += count;
    this.add(row);
  }

  clear(): void {
    this.#entries = [];
    this.#waiting = [];
    this.#lost = 0;
    this.#list.replaceChildren();
    this.#tellCount();
  }

  #tools(): HTMLElement {
    this.#filter.type = 'search';
    this.#filter.placeholder = 'Filter';
    this.#filter.className = 'filter mono';
    this.#filter.spellcheck = false;
    this.#filter.setAttribute('aria-label', `Filter: ${this.#options.title}`);
    this.#filter.addEventListener('input', () => this.#filtered());
    const copy = make('button', '', 'Copy');
    const clear = make('button', '', 'Clear');
    copy.type = clear.type = 'button';
    copy.setAttribute('aria-label', `Copy: ${this.#options.title}`);
    clear.setAttribute('aria-label', `Clear: ${this.#options.title}`);
    copy.addEventListener('click', () => void this.#copy(copy));
    clear.addEventListener('click', () => {
      this.clear();
      announce(`${this.#options.title} cleared`);
    });
    return make('div', 'tools', make('h3', '', this.#options.title), this.#count, this.#filter, copy, clear);
  }

  #flush(): void {
    this.#scheduled = false;
    const rows = this.#waiting;
    this.#waiting = [];
    this.#isBusy = rows.length > MUCH;
    const isAtEnd = this.#scroll.scrollHeight - this.#scroll.scrollTop - this.#scroll.clientHeight < 24;
    this.#scroll.setAttribute('aria-live', rows.length > READ_ALOUD ? 'off' : 'polite');
    const added = rows.map((row): Entry => ({ row, element: undefined }));
    this.#entries.push(...added);
    const old = this.#entries.splice(0, Math.max(0, this.#entries.length - MOST));
    this.#lost += old.length;
    for (const { element } of old) element?.remove();
    this.#list.append(
      ...added
        .slice(-MOST)
        .filter((entry) => this.#matches(entry))
        .map((entry) => this.#elementOf(entry)),
    );
    this.#ensureTabStop();
    this.#tellCount();
    if (isAtEnd) this.#scroll.scrollTop = this.#scroll.scrollHeight;
    if (rows.length > READ_ALOUD) announce(`${rows.length} entries in ${this.#options.title}`);
  }

  #filtered(): void {
    this.#list.replaceChildren(...this.#entries.filter((entry) => this.#matches(entry)).map((entry) => this.#elementOf(entry)));
    this.#ensureTabStop();
    this.#tellCount();
    announce(`${this.#list.childElementCount} of ${this.#entries.length} entries`);
  }

  #matches({ row }: Entry): boolean {
    const wanted = this.#filter.value.trim().toLowerCase();
    return wanted === '' || this.#textOf(row).toLowerCase().includes(wanted);
  }

  #textOf(row: Row): string {
    const way = row.way === 'note' ? '' : this.#options.ways[row.way];
    const words = [row.time, way, row.kind, row.marks?.textContent ?? '', row.size ?? '', row.text ?? row.preview];
    return words.filter((word) => word !== '').join('  ');
  }

  #elementOf(entry: Entry): HTMLLIElement {
    entry.element ??= this.#makeElement(entry.row);
    return entry.element;
  }

  #makeElement(row: Row): HTMLLIElement {
    const { way, bad, time, kind, marks, size, preview, detail } = row;
    const button = make('button', `entry ${way}${bad ? ' bad' : ''}`, make('span', 'time', time));
    button.type = 'button';
    button.tabIndex = -1;
    const arrow = make('span', 'way', way === 'out' ? '→' : way === 'in' ? '←' : '·');
    arrow.ariaHidden = 'true';
    // The spaces are for those who hear it, and show nowhere.
    button.append(' ', arrow, ' ');
    if (way !== 'note') button.append(make('span', 'hidden', this.#options.ways[way]), ' ');
    button.append(make('span', 'kind', kind), ' ');
    if (marks) button.append(marks, ' ');
    button.append(make('span', 'preview', preview));
    if (size !== undefined) button.append(' ', make('span', 'size', size));
    const element = make('li', '', button);
    if (detail) this.#expandable(button, element, detail);
    return element;
  }

  #expandable(button: HTMLButtonElement, element: HTMLLIElement, detail: NonNullable<Row['detail']>): void {
    let panel: HTMLElement | undefined;
    button.ariaExpanded = 'false';
    button.addEventListener('click', async () => {
      const opening = button.ariaExpanded !== 'true';
      button.ariaExpanded = String(opening);
      this.#makeTabStop(button);
      if (opening && !panel) {
        panel = make('div', 'detail');
        element.append(panel);
        panel.append(await detail());
      }
      if (!panel) return;
      panel.hidden = !opening;
      if (opening) panel.scrollIntoView({ block: 'nearest' });
    });
  }

  #key(event: KeyboardEvent): void {
    const { target, key } = event;
    if (!(target instanceof HTMLButtonElement) || !target.classList.contains('entry')) return;
    const all = [...this.#list.querySelectorAll<HTMLButtonElement>('.entry')];
    const at = all.indexOf(target);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[key];
    const next = to === undefined ? undefined : all[to];
    if (!next) return;
    event.preventDefault();
    this.#makeTabStop(next);
    next.focus();
  }

  #makeTabStop(button: HTMLButtonElement): void {
    for (const other of this.#list.querySelectorAll<HTMLButtonElement>('.entry[tabindex="0"]')) other.tabIndex = -1;
    button.tabIndex = 0;
  }

  /** The Tab key leads to one row, wherever others have gone. */
  #ensureTabStop(): void {
    if (this.#list.querySelector('.entry[tabindex="0"]')) return;
    const first = this.#list.querySelector<HTMLButtonElement>('.entry');
    if (first) first.tabIndex = 0;
  }

  #tellCount(): void {
    const [shown, all] = [this.#list.childElementCount, this.#entries.length];
    this.#empty.hidden = all > 0;
    this.#count.textContent = all === 0 ? '' : shown === all ? `${all}` : `${shown} of ${all}`;
    this.#trimmed.hidden = this.#lost === 0;
    this.#trimmed.textContent = `The newest ${MOST} are kept; ${this.#lost.toLocaleString('en')} older ones are gone.`;
  }

  async #copy(button: HTMLButtonElement): Promise<void> {
    const rows = this.#entries.filter((entry) => this.#matches(entry)).map(({ row }) => this.#textOf(row));
    const done = await copyText(rows.map((row) => `${row}\n`).join(''));
    announce(done ? `${rows.length} entries copied` : 'The browser did not let this page copy');
    button.textContent = done ? 'Copied' : 'No access';
    setTimeout(() => {
      button.textContent = 'Copy';
    }, 1500);
  }
}
