// Reads the flags of holdfast gate, with one clear message for each mistake.
import { outputsOf, type Output } from '#src/cli/outputs.ts'
import { UsageError } from '#src/runs/settings.ts'

export const formats = ['terminal', 'sarif', 'junit', 'json', 'github', 'openreports'] as const
export type Format = (typeof formats)[number]

export type GateOutput = Output<Format>

export interface GateOptions {
  fix: boolean
  dryRun: boolean
  helm: boolean
  kustomize: boolean
  values: readonly string[]
  namespace: string
  baseline: string | undefined
  outputs: readonly GateOutput[]
  live: boolean
  /** Undefined: the policy's. */
  kubernetes: string | undefined
}

type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>

/** Names of namespaces. @source Kubernetes, object names: RFC 1123 label */
const label = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/

function namespaceOf(text = 'default'): string {
  if (!label.test(text))
    throw new UsageError(
      `“${text}” is not a namespace: use lower-case letters, digits and -, e.g. ` +
        '--namespace joelclaw.',
    )
  return text
}

function versionOf(text: string | undefined): string | undefined {
  if (text !== undefined && !/^v?1\.\d{1,3}(?:[.+-].*)?$/.test(text))
    throw new UsageError(`“${text}” is not a version of Kubernetes, e.g. --kubernetes 1.35.`)
  return text
}

/** Reads the gate's own flags. Throws a UsageError that names the value and the remedy. */
export function gateOptions(values: Values): GateOptions {
  const text = (name: string): string | undefined =>
    typeof values[name] === 'string' ? values[name] : undefined
  const list = (name: string): readonly string[] => {
    const value = values[name]
    return Array.isArray(value) ? value.filter(item => typeof item === 'string') : []
  }
  const flag = (name: string): boolean => values[name] === true
  const namespace = namespaceOf(text('namespace'))
  const kubernetes = versionOf(text('kubernetes'))
  if (flag('dry-run') && !flag('fix'))
    throw new UsageError(
      '--dry-run needs --fix: holdfast gate --fix --dry-run shows what would change; ' +
        'without --fix nothing does.',
    )
  if (list('values').length > 0 && !flag('helm'))
    throw new UsageError('--values needs --helm: holdfast gate --helm <chart> --values <file>.')
  const json = flag('json') ? ['json'] : []
  return {
    fix: flag('fix'),
    dryRun: flag('dry-run'),
    helm: flag('helm'),
    kustomize: flag('kustomize'),
    values: list('values'),
    namespace,
    baseline: text('baseline'),
    outputs: outputsOf<Format>({
      formats,
      screen: 'terminal',
      words: [...list('format'), ...json],
      output: text('output'),
      example: 'gate',
    }),
    live: flag('live'),
    kubernetes,
  }
}
