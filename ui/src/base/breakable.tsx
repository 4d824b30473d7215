import { createElement, Fragment, type ReactNode } from 'react';

const PLACES = /(?<=\p{Ll})(?=\p{Lu})|(?<=[._@/-])(?=[\p{L}\p{N}])/u;

/** A name that may be broken between its words, even where they stand without a space. */
export function breakable(name: string): ReactNode {
  const [first, ...rest] = name.split(PLACES);
  if (!rest.length) return name;
  const pieces = rest.flatMap((piece) => [<wbr key={piece} />, piece]);
  return createElement(Fragment, null, first, ...pieces);
}
