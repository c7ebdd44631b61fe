// Names of a list, for errors that name what exists.

/** `a, b, c`: one member of each entry. */
export const namesIn = <K extends string>(list: readonly Record<K, string>[], key: K): string =>
  list.map(one => one[key]).join(', ')
