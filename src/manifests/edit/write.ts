// Writes values as YAML, in the style of the file they go into.
import { isJsonObject } from '#src/model/json.ts'
import { plainValue } from '#src/manifests/yaml/scalar.ts'

/** The style of a file. */
export interface Style {
  /** `\n` or `\r\n`. */
  eol: string
  /** Columns by which an object stands deeper than its key. */
  step: number
  /** Columns by which the dashes of a list stand deeper than its key. */
  dash: number
}

/**
 * A file's own style, taken from its first lines that show it. @source kubectl, for files that show
 * none: two columns, dashes below their key
 */
export function styleOf(text: string): Style {
  const object =
    /^( *)(?:- )?[^\s#:'"-][^\n:]*:[ \t]*\r?\n(?:[ \t]*(?:#[^\n]*)?\n)*?( +)[^\s#-]/m.exec(text)
  const list = /^( *)(- )?[^\s#:'"-][^\n:]*:[ \t]*\r?\n(?:[ \t]*(?:#[^\n]*)?\n)*?( *)- /m.exec(text)
  const step = (object?.[2]?.length ?? 0) - (object?.[1]?.length ?? 0)
  const dash = (list?.[3]?.length ?? 0) - (list?.[1]?.length ?? 0) - (list?.[2]?.length ?? 0)
  return {
    eol: 2 * (text.match(/\r\n/g)?.length ?? 0) > (text.match(/\n/g)?.length ?? 0) ? '\r\n' : '\n',
    step: step > 0 && step <= 8 ? step : 2,
    dash: dash > 0 && dash <= 8 ? dash : 0,
  }
}

/** Texts that need no quotes in any place. */
const bare = /^[A-Za-z0-9_./$(+~-][A-Za-z0-9_./$()+~@%=^-]*(?:[ :][A-Za-z0-9_./$()+~@%=^-]+)*$/

function isBare(text: string): boolean {
  return (
    bare.test(text) &&
    plainValue(text) === text &&
    !/^[-?:](?: |$)|^---|^\.\.\.$|^[.\d+-][\d._:+-]*$/.test(text)
  )
}

/** A scalar. `quote`: the quote that the text had before. */
export function scalarText(value: unknown, quote?: '"' | "'"): string {
  if (typeof value !== 'string') return JSON.stringify(value) ?? 'null'
  if (quote === "'" && !/\p{Cc}/u.test(value)) return `'${value.replaceAll("'", "''")}'`
  return quote === undefined && isBare(value) ? value : JSON.stringify(value)
}

/** A value on one line, in braces and brackets. */
export function flowText(value: unknown, json: boolean): string {
  if (Array.isArray(value)) return `[${value.map(item => flowText(item, json)).join(', ')}]`
  if (!isJsonObject(value)) return json ? JSON.stringify(value) : scalarText(value)
  return `{${Object.entries(value)
    .map(
      ([key, item]) => `${json ? JSON.stringify(key) : scalarText(key)}: ${flowText(item, json)}`,
    )
    .join(', ')}}`
}

/** JSON over several lines, which begins at a column. */
export const jsonText = (value: unknown, { eol, step }: Style, column: number): string =>
  (JSON.stringify(value, undefined, step) ?? 'null').split('\n').join(`${eol}${' '.repeat(column)}`)

const isEmpty = (value: unknown): boolean =>
  Array.isArray(value) ? value.length === 0 : isJsonObject(value) && Object.keys(value).length === 0

function linesOf(value: unknown, style: Style, column: number): readonly string[] {
  const pad = ' '.repeat(column)
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown) => {
      if (typeof item !== 'object' || item === null || isEmpty(item))
        return [`${pad}- ${flowText(item, false)}`]
      const [first = '', ...rest] = linesOf(item, style, column + 2)
      return [`${pad}- ${first.slice(column + 2)}`, ...rest]
    })
  }
  return isJsonObject(value)
    ? Object.entries(value).flatMap(([key, item]) => memberLines(key, item, style, column))
    : [`${pad}${scalarText(value)}`]
}

/** A key with its value, on as many lines as it needs, starting at a column. */
export function memberLines(
  key: string,
  value: unknown,
  style: Style,
  column: number,
): readonly string[] {
  const head = `${' '.repeat(column)}${scalarText(key)}:`
  if (typeof value !== 'object' || value === null || isEmpty(value))
    return [`${head} ${flowText(value, false)}`]
  return [head, ...linesOf(value, style, column + (Array.isArray(value) ? style.dash : style.step))]
}

/** An item of a list, starting at the column of its dash. */
export const elementLines = (value: unknown, style: Style, column: number): readonly string[] =>
  linesOf([value], style, column)
