/** The element with this id, which the page has. */
export function byId<E extends HTMLElement>(id: string, type: new () => E): E {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`no ${type.name} #${id}`);
  return element;
}

/** Strings become text, never markup. */
export function make<T extends keyof HTMLElementTagNameMap>(
  tag: T,
  className = '',
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[T] {
  const element = document.createElement(tag);
  if (className !== '') element.className = className;
  element.append(...children);
  return element;
}

/** Local time of an event: `09:05:07.042`. */
export function clockText(timeStamp: number): string {
  const time = new Date(performance.timeOrigin + timeStamp);
  const [hours, minutes, seconds] = [time.getHours(), time.getMinutes(), time.getSeconds()].map((n) =>
    String(n).padStart(2, '0'),
  );
  return `${hours}:${minutes}:${seconds}.${String(time.getMilliseconds()).padStart(3, '0')}`;
}

/** The time of now, on the scale of events. */
export function now(): number {
  return new Event('now').timeStamp;
}

let shown = '';

/** Said by screen readers, and seen by nobody. */
export function announce(text: string): void {
  const status = byId('status', HTMLElement);
  // The same words twice are two events.
  shown = text === shown ? `${text}\u00a0` : text;
  status.textContent = shown;
}

export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text);
  }
}

/** Where a page is not on a secure origin there is no other way. */
function copySelected(text: string): boolean {
  const area = make('textarea', 'hidden');
  const focused = document.activeElement;
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return done;
}
