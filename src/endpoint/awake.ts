/**
 * Where messages follow one another, the next ones are here before a process has fallen asleep and been woken again, which
 * costs more than they do: the event loop looks for more a few times before it sleeps.
 */
const LOOKS = 30;

let left = 0;
let looking = false;

/** From now on, for some tens of microseconds in which nothing else is to be done. */
export function stayAwake(): void {
  left = LOOKS;
  if (looking) return;
  looking = true;
  setImmediate(look);
}

function look(): void {
  if (--left > 0) setImmediate(look);
  else looking = false;
}
