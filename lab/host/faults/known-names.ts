// Joins the known names of a list, for errors about an unknown one.

/** `a, b, c`: the chosen member of each entry. */
export const namesIn = <K extends string>(list: readonly Record<K, string>[], key: K): string =>
  list.map(one => one[key]).join(', ')
