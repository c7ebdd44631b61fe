// Writes unit files: sections of settings, with the values quoted as systemd reads them.

/**
 * A word of a command line: quoted, with `%` and `$` doubled, because systemd replaces specifiers
 * and variables even between quotes. @source systemd.service(5), Command Lines; systemd.unit(5),
 * Specifiers
 */
export const quotedWord = (word: string): string => quoted(word).replaceAll('$', '$$$$')

/** A setting's value with spaces or signs. `$` stands for itself. @source systemd.exec(5) */
export const quoted = (text: string): string =>
  `"${text
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll('%', '%%')
    .replaceAll('\n', String.raw`\n`)}"`

/** A path: it takes no quotes, and only specifiers are replaced in it. */
export const plainPath = (path: string): string => path.replaceAll('%', '%%')

type Settings = readonly (readonly [name: string, value: string])[]

/** A unit file. `comment`: its first line. */
export const unitText = (comment: string, sections: Readonly<Record<string, Settings>>): string =>
  [
    `# ${comment}`,
    ...Object.entries(sections).flatMap(([section, settings]) => [
      '',
      `[${section}]`,
      ...settings.map(([name, value]) => `${name}=${value}`),
    ]),
    '',
  ].join('\n')
