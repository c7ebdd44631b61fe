// What can be told of a secret without telling it: whether a text is one, a placeholder for one, or
// none.
import type { KubeObject, SecretEntry } from '#src/model/index.ts'
import { isJsonObject } from '#src/model/json.ts'

/** Words that stand where a secret is to be put by somebody else. */
const placeholders = [
  /change[-_ ]?(?:me|it)|replace[-_ ]?(?:me|this|with)?.*|to[-_ ]?do|fix[-_ ]?me/,
  /placeholder|example|sample|dummy|redacted|secret|password|your[-_ ].*/,
  /x{3,}|\*{3,}|\.{3,}|-+|<[^>]*>/,
  /\$\{[^}]*\}|\$\([^)]*\)|\{\{.*\}\}/,
  /(?:op|vault|ref|sops|enc):.*|ENC\[.*\]/,
]
const placeholder = new RegExp(`^(?:${placeholders.map(({ source }) => source).join('|')})$`, 'is')

/** A text that is no secret: empty, a reference to one, or a word in its place. */
export const isPlaceholder = (text: string): boolean => placeholder.test(text.trim())

/** What a literal is, told without it. */
export function entryOf(text: string): Exclude<SecretEntry, 'kept'> {
  if (text.trim() === '') return 'empty'
  return isPlaceholder(text) ? 'placeholder' : 'value'
}

/** What base64 stands for; the text itself where it is none. */
function decoded(text: string): string {
  try {
    return atob(text.replaceAll(/\s/g, ''))
  } catch {
    return text
  }
}

/** The entries of a Secret, each by what it is: as told already, or as a file has it. */
export function entriesOf(secret: KubeObject): Readonly<Record<string, SecretEntry>> {
  const {
    entries,
    data,
    stringData,
  }: KubeObject & { entries?: unknown; data?: unknown; stringData?: unknown } = secret
  // Told by the question already: nothing of the values is left.
  if (isJsonObject(entries)) return entries as Record<string, SecretEntry>
  const told = (values: unknown, read: (text: string) => string) =>
    Object.entries(isJsonObject(values) ? values : {}).map(
      ([key, value]) => [key, entryOf(read(typeof value === 'string' ? value : ''))] as const,
    )
  return Object.fromEntries([...told(data, decoded), ...told(stringData, text => text)])
}

/** Names of variables that hold what nobody else may read. */
const secretWord = [
  'PASSWORD|PASSWD|PASSPHRASE|TOKEN|SECRET|CREDENTIALS?',
  '(?:API|ACCESS|PRIVATE|SIGNING|ENCRYPTION)_?KEY',
].join('|')
const short = '^(?:PW|PASS|PGPASSWORD|KEY)$'
const secretName = new RegExp(`(?:^|_)(?:${secretWord})(?:_\\d+)?$|${short}`, 'i')

/**
 * Whether a variable's name says that its value is a secret; `…_FILE`, `…_PATH` and the like say
 * where one is.
 */
export const namesSecret = (name: string): boolean => secretName.test(name)

/** A password inside of a URL. */
export const urlPassword = (text: string): string | undefined =>
  /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s:@]*:([^/?#\s@]+)@/i.exec(text)?.[1]
