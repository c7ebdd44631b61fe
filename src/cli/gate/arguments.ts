// The flags of holdfast gate as data, with one clear message for what is none of them.
import { UsageError } from '#src/runs/settings.ts'

export const formats = ['terminal', 'sarif', 'junit', 'json', 'github', 'openreports'] as const
export type Format = (typeof formats)[number]

/** Where one format goes: a file, or stdout. */
export interface Output {
  format: Format
  file?: string
}

export interface GateOptions {
  fix: boolean
  dryRun: boolean
  helm: boolean
  kustomize: boolean
  values: readonly string[]
  namespace: string
  baseline: string | undefined
  outputs: readonly Output[]
  live: boolean
  /** Undefined: the policy's. */
  kubernetes: string | undefined
}

type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>

function outputOf(word: string): Output {
  const equals = word.indexOf('=')
  const name = equals < 0 ? word : word.slice(0, equals)
  const file = equals < 0 ? '' : word.slice(equals + 1)
  const format = formats.find(candidate => candidate === name)
  if (format === undefined)
    throw new UsageError(
      `“${name}” is no format. Formats are ${formats.join(', ')}; e.g. --format sarif=gate.sarif --format terminal.`,
    )
  if (equals >= 0 && file === '')
    throw new UsageError(
      `--format ${word} names no file: write --format ${name}=<file>, or --format ${name} for stdout.`,
    )
  return file === '' ? { format } : { format, file }
}

/** One format at most can have the screen. */
function outputsOf(words: readonly string[], output: string | undefined): readonly Output[] {
  const named = words.flatMap(word => word.split(',')).map(word => outputOf(word.trim()))
  const [screened, ...others] = named.filter(({ file }) => file === undefined)
  if (others.length > 0)
    throw new UsageError(
      `Only one format can go to stdout, but ${[screened, ...others].map(entry => entry?.format).join(' and ')} would: give files, e.g. --format ${others[0]?.format}=gate.${others[0]?.format}.`,
    )
  if (output !== undefined && screened === undefined)
    throw new UsageError(
      `--output ${output} is for the format that has no file yet: give one, e.g. --format json --output ${output}.`,
    )
  const files = named.flatMap(({ file }) => (file === undefined ? [] : [file]))
  const twice = files.find((file, index) => files.indexOf(file) !== index || file === output)
  if (twice !== undefined)
    throw new UsageError(`Two formats would be written to ${twice}: give each its own file.`)
  const placed = named.map(entry =>
    entry.file === undefined && output !== undefined ? { ...entry, file: output } : entry,
  )
  // Whatever goes to files, a person still wants to see how it ended.
  return placed.some(({ file }) => file === undefined)
    ? placed
    : [...placed, { format: 'terminal' }]
}

/** Names that a namespace can have. @source Kubernetes, object names: RFC 1123 label */
const label = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/

/** Reads the gate's own flags. Throws a UsageError that names the value and the remedy. */
export function gateOptions(values: Values): GateOptions {
  const text = (name: string): string | undefined =>
    typeof values[name] === 'string' ? values[name] : undefined
  const list = (name: string): readonly string[] => {
    const value = values[name]
    return Array.isArray(value) ? value.filter(item => typeof item === 'string') : []
  }
  const flag = (name: string): boolean => values[name] === true
  const namespace = text('namespace') ?? 'default'
  if (!label.test(namespace))
    throw new UsageError(
      `“${namespace}” is no namespace: small letters, digits and -, e.g. --namespace joelclaw.`,
    )
  const kubernetes = text('kubernetes')
  if (kubernetes !== undefined && !/^v?1\.\d{1,3}(?:[.+-].*)?$/.test(kubernetes))
    throw new UsageError(`“${kubernetes}” is no version of Kubernetes, e.g. --kubernetes 1.35.`)
  if (flag('dry-run') && !flag('fix'))
    throw new UsageError(
      '--dry-run is about --fix: holdfast gate --fix --dry-run shows what would be changed; without --fix nothing is.',
    )
  if (list('values').length > 0 && !flag('helm'))
    throw new UsageError('--values is about --helm: holdfast gate --helm <chart> --values <file>.')
  const json = flag('json') ? ['json'] : []
  return {
    fix: flag('fix'),
    dryRun: flag('dry-run'),
    helm: flag('helm'),
    kustomize: flag('kustomize'),
    values: list('values'),
    namespace,
    baseline: text('baseline'),
    outputs: outputsOf([...list('format'), ...json], text('output')),
    live: flag('live'),
    kubernetes,
  }
}
