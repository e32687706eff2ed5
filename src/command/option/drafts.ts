import { UsageError } from '../../cli/option.ts';
import { type DialectName, dialectNamed, dialectOf } from '../../protocol/dialect/name.ts';
import { ALL_DIALECTS, USUAL_DIALECTS } from '../../protocol/dialect/refuse.ts';

/** What `--draft` says → names of protocols. */

/** Throws `UsageError` for what is none. */
export function draftNamed(text: string): DialectName {
  const name = dialectNamed(text);
  if (name) return name;
  throw new UsageError(
    `--draft ${JSON.stringify(text)}: no version has that name; there are 75, 76, hybi-01 to hybi-07, 8 and 13 (${dialectOf('rfc6455').title})`,
  );
}

/** The versions that a server accepts: `all`, or a list. */
export function acceptedDrafts(texts: readonly string[]): readonly DialectName[] {
  const words = texts.flatMap((text) => text.split(',')).filter((word) => word.trim() !== '');
  if (texts.length === 0) return USUAL_DIALECTS;
  if (words.length === 0) throw new UsageError("--draft '': name at least one version, or all");
  const names = words.flatMap((word) => (word.trim().toLowerCase() === 'all' ? ALL_DIALECTS : siblings(draftNamed(word))));
  return [...new Set(names)];
}

/** Both forms of version 8 are one: clients of either are meant. */
function siblings(name: DialectName): readonly DialectName[] {
  return name === 'hybi-08' || name === 'hybi-11' ? ['hybi-08', 'hybi-11'] : [name];
}
