// Kubeconfig files as kubectl and talosctl read, merge and write them.
import { parse, stringify } from 'yaml'
import { isJsonObject } from '#src/model/json.ts'
import type { Mac } from '#lab/host/mac.ts'

export interface Kubeconfig {
  apiVersion: 'v1'
  kind: 'Config'
  clusters: { name: string; cluster: Record<string, unknown> & { server?: string } }[]
  contexts: { name: string; context: { cluster: string; user: string; namespace?: string } }[]
  users: { name: string; user: Record<string, unknown> }[]
  'current-context': string
  preferences: Record<string, unknown>
}

export const defaultPath = (mac: Mac): string => `${mac.seed.home}/.kube/config`

/**
 * The file, or an empty config if it is missing, as in kubectl. Throws kubectl's error for a broken
 * file.
 */
export function readKubeconfig(mac: Mac, path: string): Kubeconfig {
  const empty: Kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [],
    contexts: [],
    users: [],
    'current-context': '',
    preferences: {},
  }
  const text = mac.disk.text(path)
  if (text === undefined || text.trim() === '') return empty
  let found: unknown
  try {
    found = parse(text)
  } catch {
    found = undefined
  }
  if (!isJsonObject(found))
    throw new Error(
      `error loading config file "${mac.disk.resolve(path)}": ` +
        'yaml: unmarshal errors: it is no kubeconfig',
    )
  // Safe: only the simulated programs and the seeds of worlds write these files.
  const config = found as Partial<Kubeconfig>
  return {
    ...empty,
    ...config,
    clusters: config.clusters ?? [],
    contexts: config.contexts ?? [],
    users: config.users ?? [],
    'current-context': config['current-context'] ?? '',
    preferences: config.preferences ?? {},
  }
}

export function writeKubeconfig(mac: Mac, path: string, config: Kubeconfig): void {
  const sorted = {
    apiVersion: config.apiVersion,
    clusters: config.clusters.toSorted(byName),
    contexts: config.contexts.toSorted(byName),
    'current-context': config['current-context'],
    kind: config.kind,
    preferences: config.preferences,
    users: config.users.toSorted(byName),
  }
  mac.disk.write(path, stringify(sorted, { lineWidth: 0 }))
}

const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1)

/** Replaces the entry of the same name, or adds it. */
export function put<T extends { name: string }>(list: T[], entry: T): void {
  const at = list.findIndex(one => one.name === entry.name)
  if (at < 0) list.push(entry)
  else list[at] = entry
}
